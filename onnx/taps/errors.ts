import { OnnxError } from '../errors.ts';

/** Why activations of a model cannot be read or patched. */
export type TapReason =
  | 'operator-set'
  | 'quantised-activations'
  | 'no-residual-stream'
  | 'stream-layout'
  | 'fused-attention'
  | 'attention-layout';

/** A graph does not allow a tap; the message says what is in the way. */
export class TapError extends OnnxError {
  constructor(
    readonly reason: TapReason,
    message: string,
  ) {
    super(message);
  }
}
