/**
 * The type of the message `{ type, height }` by which a page in a frame tells its host how high it
 * is, in CSS pixels; and, sent to the frame as a string, the question for it.
 */
export const SIZE_MESSAGE = 'bindscope:size';
