import { random } from '../../../client/support/random.ts'

/** Random choices, the same for each seed. */
export class Dice {
  readonly #next: () => number

  constructor(seed: number) {
    this.#next = random(seed)
  }

  /** Returns an integer from 0 to below the limit. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit)
  }

  chance(probability: number): boolean {
    return this.#next() < probability
  }

  one<T>(choices: readonly T[]): T {
    const [choice] = choices.slice(this.below(choices.length))
    if (choice === undefined) throw new Error('Nothing to choose from')
    return choice
  }
}
