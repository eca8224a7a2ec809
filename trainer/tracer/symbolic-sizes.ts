import { TraceError } from './trace-error.ts';

/**
 * TensorFlow.js shapes are numbers, so while tracing each symbolic dimension is represented by a prime
 * that divides no other dimension: a size of 101 * 103 can then only be batch * length. The primes
 * are no larger because some tfjs ops fill real arrays of their shape.
 */
const PRIMES = [101, 103, 107, 109, 113] as const;

interface SymbolicSize {
  readonly name: string;
  readonly prime: number;
  /** The name of an int64 tensor that holds the size at run time. */
  readonly tensor: string;
}

/** The symbolic dimensions of a graph, and the numbers that represent them. */
export class SymbolicSizes {
  readonly #symbols = new Map<string, SymbolicSize>();
  /** Lengths of flat vectors: any number at all, yet known not to be symbolic. */
  readonly #flatSizes = new Set<number>();

  /**
   * The shape of an input in numbers.
   *
   * @param dimensions sizes, and the names of symbolic dimensions
   * @param makeSizeTensor makes a tensor of the input's size along an axis
   */
  declare(
    input: string,
    dimensions: readonly (number | string)[],
    makeSizeTensor: (axis: number) => string,
  ): number[] {
    const [first] = dimensions;
    if (dimensions.length === 1 && typeof first === 'number') this.#flatSizes.add(first);
    return dimensions.map((dimension, axis) => {
      if (typeof dimension === 'string') {
        return (this.#symbols.get(dimension) ?? this.#add(dimension, makeSizeTensor(axis))).prime;
      }
      this.refuseAmbiguous([dimension], input);
      return dimension;
    });
  }

  #add(name: string, tensor: string): SymbolicSize {
    const prime = PRIMES[this.#symbols.size];
    if (prime === undefined) throw new TraceError(`more than ${PRIMES.length} symbolic dimensions`);
    const symbol = { name, prime, tensor };
    this.#symbols.set(name, symbol);
    return symbol;
  }

  isSymbolic(size: number): boolean {
    return this.factorise(size).symbols.length > 0;
  }

  /** A size as a product of symbolic dimensions and a number. */
  factorise(size: number): { factor: number; symbols: SymbolicSize[] } {
    if (size === 0 || this.#flatSizes.has(size)) return { factor: size, symbols: [] };
    const symbols = [...this.#symbols.values()].filter(({ prime }) => size % prime === 0);
    return { factor: symbols.reduce((rest, { prime }) => rest / prime, size), symbols };
  }

  /** A size as a graph declares it: a number or a symbol; undefined for a product of them. */
  describe(size: number): number | string | undefined {
    const { factor, symbols } = this.factorise(size);
    const [symbol] = symbols;
    if (!symbol) return size;
    return symbols.length === 1 && factor === 1 ? symbol.name : undefined;
  }

  /** @throws TraceError where a static size could be mistaken for a symbolic one */
  refuseAmbiguous(shape: readonly number[], where: string): void {
    for (const size of shape) {
      const prime = PRIMES.find((candidate) => size > 0 && size % candidate === 0);
      if (prime === undefined || this.#flatSizes.has(size)) continue;
      throw new TraceError(
        `a dimension of ${size} (${where}) cannot be traced: it is a multiple of ${prime}, which ` +
          `represents a symbolic dimension; multiples of ${PRIMES.join(', ')} are not possible`,
      );
    }
  }
}
