/**
 * The type of the message `{ type, height }` that an embed sends to its host page, with its height in CSS
 * pixels. The host sends this string to the embed to request the message.
 */
export const SIZE_MESSAGE = 'bindscope:size';
