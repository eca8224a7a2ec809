import { unsafeUniformIntDistribution } from 'pure-rand/distribution/UnsafeUniformIntDistribution';
import { xoroshiro128plus } from 'pure-rand/generator/XoroShiro';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { elementAt } from './element-at.ts';

/**
 * A stream of random numbers, seeded with four 32-bit words. A bijection maps the 128 bits to the
 * state of xoroshiro128+, so different seeds never share a state: splits cannot share a scene.
 */
export class RandomStream {
  readonly #generator: RandomGenerator;

  constructor(words: readonly [number, number, number, number]) {
    const state = mix(words);
    // The all-zero state is the fixed point of the generator: it would only return zero.
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
    for (let index = 0; index < count; index++) {
      const other = index + this.below(bound - index);
      [pool[index], pool[other]] = [elementAt(pool, other), elementAt(pool, index)];
    }
    return pool.slice(0, count);
  }

  /** One of `choices`, with a probability proportional to its share; at least one is needed. */
  weighted<T>(choices: readonly T[], share: (choice: T) => number): T {
    const total = choices.reduce((sum, choice) => sum + share(choice), 0);
    let remaining = this.uniform() * total;
    for (const choice of choices) {
      remaining -= share(choice);
      if (remaining < 0) return choice;
    }
    return elementAt(choices, choices.length - 1);
  }
}

/**
 * A bijection of four words in which every input bit affects every bit of the state. The generator
 * is linear: related seeds, used as the state directly, would give correlated low bits for ever.
 */
function mix(words: readonly [number, number, number, number]): number[] {
  const state = words.map((word, index) => word ^ Math.imul(index + 1, 0x9e3779b9));
  const at = (index: number) => elementAt(state, index % 4);
  // Each step changes one word by a function of the others, so it is invertible.
  for (let step = 0; step < 12; step++) {
    const others = at(step + 1) + Math.imul(at(step + 3), 0x85ebca6b);
    state[step % 4] = scramble(at(step) ^ scramble(others + step));
  }
  return state;
}

/** The finaliser of MurmurHash3: a bijection of 32-bit words in which every bit affects all others. */
function scramble(word: number): number {
  let mixed = word | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
