import { readFileSync } from 'node:fs'
import { type Dice, dice } from './dice.ts'

/** The faults that can be injected. */
export const FAULTS = [
  /** A function throws, before or after it has done its work. */
  'function.throws',
  /** A function's process ends in the middle of its work. */
  'function.dies',
  /** A function does its work, but is reported as timed out. */
  'function.timesOut',
  /** A batch of a stream arrives up to a second later. */
  'stream.late',
  /** A batch arrives twice. */
  'stream.twice',
  /** The records of a batch arrive in another order. */
  'stream.reordered',
  /** A batch arrives in two parts. */
  'stream.split',
  /** A record never arrives. */
  'stream.lost',
  /** The API answers a request with 500. */
  'api.fails',
  /** The API answers a request with 429. */
  'api.throttles',
  /** The API runs a request. The connection is cut before the answer. */
  'api.losesAnswer',
  /** A message is not sent to a subscriber. */
  'api.drops',
  /** A subscriber's connection is cut instead of sending a message. */
  'api.closes',
  /** DynamoDB throttles a request. */
  'dynamodb.throttles',
  /** DynamoDB fails with 500. */
  'dynamodb.fails',
  /** DynamoDB runs a request. The connection is cut before the answer. */
  'dynamodb.losesAnswer',
] as const

export type Fault = (typeof FAULTS)[number]

/** Decides which faults to inject: for tests. */
export interface Faults {
  /** Whether the fault occurs this time. */
  strikes(fault: Fault): boolean
  /** The random numbers for a fault's choices. */
  readonly roll: Dice
}

/** Injects no faults. */
export const NO_FAULTS: Faults = { strikes: () => false, roll: () => 0 }

interface Plan {
  /** The same seed gives the same sequence of faults. */
  readonly seed?: number
  /** The probability of each fault, from 0 to 1. Default: 0. */
  readonly rates?: Readonly<Partial<Record<Fault, number>>>
}

/** The time after which a changed plan applies, in milliseconds. */
export const REREAD_MS = 100

/**
 * Returns the faults of a plan in a file: `{ "seed": 1, "rates": { "api.drops": 0.1 } }`. A changed
 * plan applies after {@link REREAD_MS}.
 * @throws Error if the file is not a plan
 */
export function faultsOf(file: string): Faults {
  let plan = readPlan(file)
  let looked = Date.now()
  const roll = dice(plan.seed ?? 0)
  const current = () => {
    if (Date.now() - looked < REREAD_MS) return plan
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
  const plan = parsedPlan(file)
  const known: readonly string[] = FAULTS
  const stray = Object.keys(plan).find((name) => name !== 'seed' && name !== 'rates')
  if (stray !== undefined)
    throw new Error(`${file}: ${stray} is not part of a plan: use seed and rates`)
  for (const [name, rate] of Object.entries(plan.rates ?? {})) {
    if (!known.includes(name))
      throw new Error(`${file}: the fault ${name} does not exist: use one of ${known.join(', ')}`)
    if (typeof rate !== 'number' || rate < 0 || rate > 1)
      throw new Error(`${file}: the rate of ${name} must be a number from 0 to 1; got ${rate}`)
  }
  return plan
}

function parsedPlan(file: string): Plan {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    const example = '{ "rates": { "api.drops": 0.1 } }'
    throw new Error(`--faults must be a JSON file such as ${example}; cannot read ${file}`, {
      cause,
    })
  }
}
