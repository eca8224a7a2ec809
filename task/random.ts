import { unsafeUniformIntDistribution } from 'pure-rand/distribution/UnsafeUniformIntDistribution';
import { xoroshiro128plus } from 'pure-rand/generator/XoroShiro';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * A stream of random numbers that is named by four 32-bit words. A bijection of the 128 bits makes
 * them the state of xoroshiro128+, so different names never share a state: this is what keeps the
 * scenes of different splits apart by construction and not by luck.
 */
export class RandomStream {
  readonly #generator: RandomGenerator;

  constructor(words: readonly [number, number, number, number]) {
    const state = mix(words);
    // The all-zero state is the one fixed point of the generator: it would answer zero for ever.
    if (!state.some(Boolean)) state[0] = 1;
    this.#generator = xoroshiro128plus.fromState(state);
  }

  /** A whole number from 0 to `bound - 1`, each equally likely. */
  below(bound: number): number {
    return bound <= 1 ? 0 : unsafeUniformIntDistribution(0, bound - 1, this.#generator);
  }

  /** A number in [0, 1) with 24 random bits. */
  uniform(): number {
    return (this.#generator.unsafeNext() >>> 8) / 0x1000000;
  }

  /** A standard normal deviate (Box-Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** `count` different whole numbers below `bound`, in random order (partial Fisher-Yates). */
  sample(count: number, bound: number): number[] {
    const pool = Array.from({ length: bound }, (_, value) => value);
    for (let place = 0; place < count; place++) {
      const other = place + this.below(bound - place);
      [pool[place], pool[other]] = [pool[other], pool[place]];
    }
    return pool.slice(0, count);
  }

  /** One of `choices`, drawn in proportion to its share. */
  weighted<T>(choices: readonly T[], share: (choice: T) => number): T {
    const total = choices.reduce((sum, choice) => sum + share(choice), 0);
    let left = this.uniform() * total;
    for (const choice of choices) {
      left -= share(choice);
      if (left < 0) return choice;
    }
    return choices[choices.length - 1];
  }
}

/**
 * A bijection of four words in which every bit of the name reaches every bit of the state. The
 * generator is linear: states that differ by a fixed pattern, as the bare words of related names
 * would, give outputs whose low bits stay tied for ever.
 */
function mix(words: readonly number[]): number[] {
  const state = words.map((word, place) => word ^ Math.imul(place + 1, 0x9e3779b9));
  // Each step changes one word by a function of the others, so it can be undone.
  for (let step = 0; step < 12; step++) {
    const place = step % 4;
    const others = state[(place + 1) % 4] + Math.imul(state[(place + 3) % 4], 0x85ebca6b);
    state[place] = scramble(state[place] ^ scramble(others + step));
  }
  return state;
}

/** The finaliser of MurmurHash3: a bijection of 32-bit words that spreads every bit over all. */
function scramble(word: number): number {
  let mixed = word | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
