import { DEFAULTS } from '../costs/limits.ts'
import { type Load, NEW_ACCOUNT, type Quotas, type Settings, timesOnAws } from './settings.ts'

export interface Scenario {
  readonly name: string
  /** A noun phrase for the table. */
  readonly description: string
  readonly load: Partial<Load>
  readonly quotas: Partial<Quotas>
}

/** The options of a run that replace those of its scenario. */
export interface Overrides {
  readonly seed: number
  readonly rate?: number | undefined
  readonly resources?: number | undefined
}

const MANY = 100_000
const LOAD: Load = {
  base: 100,
  burst: MANY,
  seconds: [10, 60, 60],
  resources: 1_000_000,
  hotShare: 0,
  reactions: 0,
  hotReaction: false,
  subscribers: 1,
}

const TOKENS = { tokens: 2 * MANY }
/** Enough partitions that none gets more than 1,000 puts a second. */
const WARM_TABLE = { ...TOKENS, partitions: 150 }
const CONCURRENCY = { ...WARM_TABLE, concurrency: 20_000 }
const PROVISIONED = { ...CONCURRENCY, warm: 12_000 }

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'steady',
    description: '1,000 commands a second, new account',
    load: { burst: 1000, base: 1000 },
    quotas: {},
  },
  {
    name: 'new-account',
    description: '100,000 commands a second, new account',
    load: {},
    quotas: {},
  },
  {
    name: 'tokens-raised',
    description: 'the same, AppSync’s tokens raised to 200,000',
    load: {},
    quotas: TOKENS,
  },
  {
    name: 'table-warm',
    description: 'also a warm table of 150 partitions',
    load: {},
    quotas: WARM_TABLE,
  },
  {
    name: 'concurrency-raised',
    description: 'also 20,000 concurrent invocations',
    load: {},
    quotas: CONCURRENCY,
  },
  {
    name: 'provisioned',
    description: 'also 12,000 provisioned environments',
    load: {},
    quotas: PROVISIONED,
  },
  {
    name: 'feed-parallel',
    description: 'also 10 batches of a shard at once (not deployed)',
    load: {},
    quotas: { ...PROVISIONED, feedAtOnce: 10 },
  },
  {
    name: 'hot-resource',
    description: '500 commands a second on one resource, 500 on others',
    load: { burst: 1000, hotShare: 0.5 },
    quotas: {},
  },
  {
    name: 'hot-reaction',
    description: '300 orders a second, all of one product',
    load: { burst: 300, base: 10, reactions: 1, hotReaction: true },
    quotas: {},
  },
  {
    name: 'reactions',
    description: '300 orders a second, of different products',
    load: { burst: 300, base: 10, reactions: 1 },
    quotas: {},
  },
  {
    name: 'shard-split',
    description: '1,600 commands a second, all shards split in the middle',
    load: { burst: 1600 },
    quotas: { tokens: 10_000, splitAt: 40 },
  },
  {
    name: 'many-subscribers',
    description: '300 commands a second, 10,000 subscribers of each event',
    load: { burst: 300, subscribers: 10_000 },
    quotas: { outbound: DEFAULTS.outbound },
  },
]

export function settingsOf(scenario: Scenario, { seed, rate, resources }: Overrides): Settings {
  const load = {
    ...LOAD,
    ...scenario.load,
    ...(rate !== undefined && { burst: rate }),
    ...(resources !== undefined && { resources }),
  }
  return { seed, load, quotas: { ...NEW_ACCOUNT, ...scenario.quotas }, times: timesOnAws() }
}
