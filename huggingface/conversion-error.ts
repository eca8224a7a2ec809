/** A model has no form as a GPT-NeoX; the message says why. */
export class ConversionError extends Error {
  override readonly name = 'ConversionError';
}
