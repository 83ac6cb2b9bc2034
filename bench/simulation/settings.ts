import { ASSUMED } from '../costs/assumptions.ts'
import { readMeasured } from '../costs/measured.ts'
import type { Spread } from './engine/random.ts'

/** The load of a run: a base rate, with a burst in the middle. */
export interface Load {
  /** Commands a second, before and after the burst. */
  readonly base: number
  /** Commands a second during the burst. */
  readonly burst: number
  /** The seconds before, during and after the burst. */
  readonly seconds: readonly [before: number, burst: number, after: number]
  /** The number of resources. Commands choose among them at random. */
  readonly resources: number
  /** The share of the burst's commands that go to one resource. */
  readonly hotShare: number
  /** The share of events that a reactor handles. */
  readonly reactions: number
  /** Whether all reactions commit to one resource, as orders of one product do. */
  readonly hotReaction: boolean
  /** The subscribers of each event. */
  readonly subscribers: number
}

/** Limits of AWS. Rates are each second. */
export interface Quotas {
  /** AppSync's request tokens. */
  readonly tokens: number
  /** AppSync's outbound messages. */
  readonly outbound: number
  /** Concurrent invocations of the account. */
  readonly concurrency: number
  /** Environments of the command function that exist at the start. */
  readonly warm: number
  /** Partitions of the table, each with a shard of the stream. */
  readonly partitions: number
  /** Write units of a partition. */
  readonly partitionWrites: number
  /** Write units of the index of checkpoints that are due, over all of its partitions. */
  readonly dueWrites: number
  /** Batches of a shard that the feed publishes at once: the mapping's ParallelizationFactor. */
  readonly feedAtOnce: number
  /** The second in which every shard closes, and two new ones follow. Undefined: none. */
  readonly splitAt?: number
}

/** Durations in milliseconds. */
export interface Times {
  readonly spread: Spread
  /** AppSync's own work for a request, and the way to the function and back. */
  readonly appsync: number
  /** The start of a new environment. */
  readonly coldStart: number
  /** A request to DynamoDB, there and back. */
  readonly dynamodb: number
  /** Twice the time of a put. */
  readonly transaction: number
  /** The processor time of a command, on a function with 1,024 MB. */
  readonly command: number
  /** The processor time of a further attempt, after a conflict. */
  readonly attempt: number
  /** The processor time of one reaction. */
  readonly reaction: number
  /** The feed's time for a request with one event. */
  readonly publish: number
  /** The additional time for each further event of a request. */
  readonly publishNext: number
}

export interface Settings {
  readonly seed: number
  readonly load: Load
  readonly quotas: Quotas
  readonly times: Times
}

/** The parts of the index of due checkpoints: PARTS in dynamodb-checkpoint-store.ts. */
const DUE_PARTS = 8

/**
 * The quotas of a new account, and a new on-demand table: bench/costs/limits.ts has the sources.
 */
export const NEW_ACCOUNT: Quotas = {
  tokens: 2000,
  outbound: 1_000_000,
  concurrency: 1000,
  warm: 0,
  partitions: 4,
  partitionWrites: 1000,
  dueWrites: DUE_PARTS * 1000,
  feedAtOnce: 1,
}

/** Measured processor times, and assumed times of AWS. */
export function timesOnAws(): Times {
  const { invocations } = readMeasured()
  const onLambda = (processor: number) => processor / ASSUMED.processors
  const reactions = invocations['reactions to 100 events'].processor / 100
  return {
    spread: 'long tail',
    appsync: ASSUMED.appsync,
    coldStart: ASSUMED.coldStart,
    dynamodb: ASSUMED.dynamodb,
    transaction: 2 * ASSUMED.dynamodb,
    command: onLambda(invocations['command, not cached'].processor),
    attempt: onLambda(invocations['command, cached'].processor),
    reaction: onLambda(reactions),
    publish: ASSUMED.publish,
    publishNext: ASSUMED.publishNext,
  }
}
