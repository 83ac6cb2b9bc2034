import { ASSUMED } from './assumptions.ts'
import type { Measured } from './measured.ts'
import { durationOf, SAMPLING, workCosts } from './work-costs.ts'

/** A quota of AWS, and the load that meets it. */
export interface Limit {
  readonly quota: string
  readonly met: string
  readonly remedy: string
  readonly page: string
}

const GENERAL = 'https://docs.aws.amazon.com/general/latest/gr/appsync.html'
const DYNAMODB = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide'
const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg'

/** The quotas that the simulation uses, each second. */
export const DEFAULTS = {
  tokens: 2000,
  outbound: 1_000_000,
  concurrency: 1000,
  newTableWrites: 4000,
  tableWrites: 40_000,
  partitionWrites: 1000,
} as const

/** The parts of the index of due checkpoints (PARTS in dynamodb-checkpoint-store.ts). */
const DUE_PARTS = 8
/** Measured: the index's write units of a reaction to the first event of a resource. */
const DUE_UNITS = 4

const SEGMENTS = 2600
/** AppSync's segment and Lambda's two. */
const SEGMENTS_OF_COMMAND = 3

/** Returns the GB of log of a million commands and their events, so the MB of 1,000. */
function gigabytesOfLog(measured: Measured): number {
  const names = ['commands, state not cached', 'events through the feed, 100 in a batch']
  const costs = workCosts(measured).filter(({ name }) => names.includes(name))
  const logs = costs.flatMap(({ lines }) => lines).filter(({ price }) => price === 'log')
  return logs.reduce((sum, { quantity }) => sum + quantity, 0)
}

const number = (value: number) => Math.floor(value).toLocaleString('en')

export function limits(measured: Measured): Limit[] {
  const { tokens, outbound, concurrency, newTableWrites, tableWrites, partitionWrites } = DEFAULTS
  const command = durationOf(measured, 'command, not cached')
  const commit = durationOf(measured, 'command, cached')
  const megabytes = gigabytesOfLog(measured)
  const batch = ASSUMED.publish + 99 * ASSUMED.publishNext
  return [
    {
      quota: `AppSync: ${number(tokens)} request tokens a second; a request takes at least one`,
      met: `${number(tokens)} commands, queries and publish requests a second, together`,
      remedy:
        'Raise the quota “Rate of request tokens” before a launch. AppSync’s guide names 5,000 or 10,000 by Region: see the value of your account.',
      page: GENERAL,
    },
    {
      quota: `DynamoDB: ${number(newTableWrites)} write units a second on a new on-demand table, then twice the earlier peak within 30 minutes`,
      met: `${number(newTableWrites)} events a second of one resource type`,
      remedy: 'Set the table’s warm throughput, or raise the load slowly.',
      page: `${DYNAMODB}/on-demand-capacity-mode.html`,
    },
    {
      quota: `DynamoDB: ${number(tableWrites)} write units a second for a table`,
      met: `${number(tableWrites)} events a second of one resource type`,
      remedy: 'Raise the quota of the account.',
      page: `${DYNAMODB}/ServiceQuotas.html`,
    },
    {
      quota: `DynamoDB: ${number(partitionWrites)} write units a second on one partition, so on one resource`,
      met: `earlier: a resource commits one event after another, about ${number(1000 / commit)} a second at ${commit} ms each. See the simulation below.`,
      remedy:
        'Split the resource, for example stock by warehouse. Or put its commands into a FIFO queue with its id as the group.',
      page: `${DYNAMODB}/bp-partition-key-design.html`,
    },
    {
      quota: `Lambda: ${number(concurrency)} concurrent invocations in the account, and 10 invocations a second for each`,
      met: `${number(Math.min(10 * concurrency, (concurrency * 1000) / command))} commands a second of ${command} ms`,
      remedy:
        'Raise the quota. Reserve concurrency for the feed and the dispatcher, so that commands leave them some.',
      page: `${LAMBDA}/lambda-concurrency.html`,
    },
    {
      quota:
        'Lambda: 1,000 new environments in 10 seconds for each function, or 10,000 invocations a second more',
      met: `a jump by more than 10,000 commands a second`,
      remedy: 'Set provisioned concurrency before a launch.',
      page: `${LAMBDA}/scaling-behavior.html`,
    },
    {
      quota: 'DynamoDB Streams: two readers of a shard; one shard for each partition',
      met: 'always: the feed and the dispatcher. Synth rejects a third reader.',
      remedy: 'Add a reactor, which the dispatcher hosts.',
      page: `${DYNAMODB}/Streams.html`,
    },
    {
      quota: 'The event source mapping: one batch of 100 events at once for a shard',
      met: `${number(100_000 / batch)} events a second on one shard, at ${ASSUMED.publishNext} ms for each further event of a publish request (assumed)`,
      remedy:
        'None in a setting: the mapping’s ParallelizationFactor would be a change of event-table.ts. Clients with lib/client catch up by queries.',
      page: `${LAMBDA}/services-dynamodb-eventsourcemapping.html`,
    },
    {
      quota: `DynamoDB: ${number(partitionWrites)} write units a second on each of the ${DUE_PARTS} parts of the index of due checkpoints`,
      met: `${number((DUE_PARTS * partitionWrites) / DUE_UNITS)} reactions a second of one reactor`,
      remedy: 'Split the reactor: each has its own parts of the index.',
      page: `${DYNAMODB}/bp-partition-key-design.html`,
    },
    {
      quota: `AppSync: ${number(outbound)} outbound messages a second for an API`,
      met: `${number(outbound / 100)} events a second with 100 subscribers each; ${number(outbound / 10_000)} with 10,000`,
      remedy: 'Raise the quota. Subscribe to one `id`, and to one `type`.',
      page: GENERAL,
    },
    {
      quota: `X-Ray: ${number(SEGMENTS)} segments a second`,
      met: `${number(SEGMENTS / (SAMPLING * SEGMENTS_OF_COMMAND))} commands a second in prod, at about ${SEGMENTS_OF_COMMAND} segments each. Further segments are lost; nothing else fails.`,
      remedy: 'Lower the sampling in stage.ts, or raise the quota.',
      page: 'https://docs.aws.amazon.com/general/latest/gr/xray.html',
    },
    {
      quota: 'CloudWatch Logs: none for the volume',
      met: `1,000 commands a second write ${megabytes.toFixed(1)} MB of log a second, ${number((megabytes * 86_400) / 1000)} GB a day`,
      remedy: 'Lower the log levels: the cost is the limit.',
      page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html',
    },
    {
      quota: 'AppSync: 240 KB for a message',
      met: 'an event of more than 230 KB is published truncated',
      remedy: 'Store large data elsewhere, and its address in the event.',
      page: GENERAL,
    },
    {
      quota: 'DynamoDB: 100 items and 4 MB in a transaction, each at twice the units',
      met: 'a commit of more than 100 events fails with `InvalidEvent`',
      remedy: 'Use fewer resources in a commit, or a reactor.',
      page: `${DYNAMODB}/transaction-apis.html`,
    },
  ]
}
