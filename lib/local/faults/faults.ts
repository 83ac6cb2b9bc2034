import { readFileSync } from 'node:fs'
import { type Dice, dice } from './dice.ts'

/** What can be made to go wrong. */
export const FAULTS = [
  /** A function throws, before or after it has done its work. */
  'function.throws',
  /** A function's process ends in the middle of its work. */
  'function.dies',
  /** A function does its work, and is taken for having run out of time. */
  'function.timesOut',
  /** A batch of a stream comes up to a second later. */
  'stream.late',
  /** A batch comes twice. */
  'stream.twice',
  /** The records of a batch come in another order. */
  'stream.reordered',
  /** A batch comes in two. */
  'stream.split',
  /** A record never comes. */
  'stream.lost',
  /** The API answers a request with 500. */
  'api.fails',
  /** The API answers a request with 429. */
  'api.throttles',
  /** The API carries a request out, and the connection is cut instead of answering. */
  'api.losesAnswer',
  /** A message is not sent to a subscriber. */
  'api.drops',
  /** A connection of subscribers is cut instead of sending a message. */
  'api.closes',
  /** DynamoDB throttles a request. */
  'dynamodb.throttles',
  /** DynamoDB fails with 500. */
  'dynamodb.fails',
  /** DynamoDB carries a request out, and the connection is cut instead of answering. */
  'dynamodb.losesAnswer',
] as const

export type Fault = (typeof FAULTS)[number]

/** What goes wrong on purpose: for tests. */
export interface Faults {
  /** Whether it goes wrong this time. */
  strikes(fault: Fault): boolean
  /** For what a fault has to choose by chance. */
  readonly roll: Dice
}

/** Nothing goes wrong but by itself. */
export const NO_FAULTS: Faults = { strikes: () => false, roll: () => 0 }

interface Plan {
  /** The same row of faults for the same seed. */
  readonly seed?: number
  /** How often each strikes, from 0 to 1. Default: never. */
  readonly rates?: Readonly<Partial<Record<Fault, number>>>
}

/** Before a file is read again, in milliseconds. */
const REREAD = 100

/**
 * Faults by a plan in a file, `{ "seed": 1, "rates": { "api.drops": 0.1 } }`. A plan that is changed
 * counts from then on.
 * @throws Error for a file that is no plan
 */
export function faultsOf(file: string): Faults {
  let plan = readPlan(file)
  let looked = Date.now()
  const roll = dice(plan.seed ?? 0)
  const current = () => {
    if (Date.now() - looked < REREAD) return plan
    looked = Date.now()
    plan = readPlan(file)
    return plan
  }
  return {
    roll,
    strikes: (fault) => {
      const rate = current().rates?.[fault] ?? 0
      return rate > 0 && roll() < rate
    },
  }
}

function readPlan(file: string): Plan {
  const plan: Plan = JSON.parse(readFileSync(file, 'utf8'))
  const known: readonly string[] = FAULTS
  for (const [name, rate] of Object.entries(plan.rates ?? {})) {
    if (!known.includes(name)) throw new Error(`${file}: there is no fault ${name}`)
    if (typeof rate !== 'number' || rate < 0 || rate > 1)
      throw new Error(`${file}: the rate of ${name} is a number from 0 to 1`)
  }
  return plan
}
