import { ASSUMED, HOURS_OF_MONTH, SECONDS_OF_MONTH } from './assumptions.ts'
import { dollarsOf, invocations, type Line, times } from './lines.ts'
import type { Measured } from './measured.ts'
import { PRICES, RESERVED } from './prices.ts'
import { durationOf, storedGigabytes, type WorkCost, workCosts } from './work-costs.ts'

/** Passes of the reconciler: every six hours (RECONCILE in functions/reactions.ts). */
const PASSES_OF_MONTH = HOURS_OF_MONTH / 6
const MINUTES_OF_MONTH = HOURS_OF_MONTH * 60
const MILLION = 1e6
const BYTES_OF_READ = 4096

/** Returns what the example costs in a month in which nobody uses it. */
export function idleCosts(measured: Measured): WorkCost[] {
  const { deployed, invocations: all } = measured
  const due = all['schedule, nothing due']
  const duration = durationOf(measured, 'schedule, nothing due')
  const calls = MINUTES_OF_MONTH / MILLION
  return [
    {
      name: `alarms on ${deployed.alarmMetrics} metrics`,
      lines: [{ price: 'alarm', quantity: deployed.alarmMetrics }],
    },
    {
      name: 'the schedule of due reactions, every minute',
      lines: times(calls, invocations(due, duration)),
    },
    {
      name: 'a trace of each of these invocations',
      lines: [{ price: 'trace', quantity: calls }],
    },
    {
      name: 'Lambda’s requests to the empty queue of the dispatcher',
      lines: [
        {
          price: 'queue',
          quantity: (deployed.queueReaders * ASSUMED.queuePolls * SECONDS_OF_MONTH) / MILLION,
        },
      ],
    },
  ]
}

/** Returns what the reconciler costs in a month, for each million resources of a reactor. */
export function reconcilerCost(measured: Measured): WorkCost {
  const { reconciled, invocations: all } = measured
  const pass = all['reconciler, one pass']
  const perResource = 1 / reconciled.resources
  const seconds =
    (pass.processor / ASSUMED.processors / 1000 +
      (reconciled.tableBytes / BYTES_OF_READ / 250) * (ASSUMED.dynamodb / 1000)) *
    perResource
  const lines: Line[] = [
    { price: 'read', quantity: pass.readUnits * perResource },
    { price: 'write', quantity: pass.writeUnits * perResource },
    { price: 'gigabyteSecond', quantity: seconds },
  ]
  return { name: 'the reconciler', lines: times(PASSES_OF_MONTH, lines) }
}

/** Ways to pay for the write units of a steady rate. */
export interface WriteOption {
  readonly name: string
  readonly dollars: number
}

/** Returns what write units of a steady rate cost in a month. */
export function writeOptions(perSecond: number): WriteOption[] {
  const onDemand = (perSecond * SECONDS_OF_MONTH * PRICES.write.dollars) / MILLION
  const provisioned = perSecond * HOURS_OF_MONTH * PRICES.writeHour.dollars
  return [
    { name: 'on demand (deployed)', dollars: onDemand },
    { name: 'provisioned, all of it used', dollars: provisioned },
    ...Object.entries(RESERVED).map(([term, discount]) => ({
      name: `reserved for ${term}, at the largest discount`,
      dollars: provisioned * (1 - discount),
    })),
  ]
}

/** Returns the costs of a month with a steady rate of commands, whose events have no subscribers. */
export function steadyMonth(measured: Measured, perSecond: number): WorkCost[] {
  const millions = (perSecond * SECONDS_OF_MONTH) / MILLION
  const costs = workCosts(measured)
  const named = (name: string) => {
    const cost = costs.find((one) => one.name === name)
    if (!cost) throw new Error(`There is no cost with the name ${name}`)
    return { name, lines: times(millions, cost.lines) }
  }
  const gigabytes = millions * storedGigabytes(measured)
  return [
    named('commands, state not cached'),
    named('events through the feed, 100 in a batch'),
    {
      name: 'the events of this month, stored for a month',
      lines: [
        { price: 'storage', quantity: gigabytes },
        { price: 'recovery', quantity: gigabytes },
      ],
    },
  ]
}

export function total(costs: readonly WorkCost[]): number {
  return costs.reduce((sum, { lines }) => sum + dollarsOf(lines), 0)
}

/** Returns the costs of connected subscribers, and of a firewall, for a month. */
export function extraCosts(subscribers: readonly number[]): WorkCost[] {
  const connections = subscribers.map((count): WorkCost => {
    const lines = [{ price: 'connection', quantity: (count * MINUTES_OF_MONTH) / MILLION } as const]
    return { name: `${count.toLocaleString('en')} subscribers, connected all the time`, lines }
  })
  return [
    ...connections,
    {
      name: 'AWS WAF with one rule, if you add it',
      lines: [{ price: 'firewall', quantity: 1 }],
    },
    {
      name: 'a million requests through AWS WAF',
      lines: [{ price: 'firewallRequest', quantity: 1 }],
    },
  ]
}

/** Akka's smallest published run: https://content.lightbend.com/akka-performance-benchmark/demo-benchmark-post-2 */
export const AKKA = { dollars: 1481.04, writesPerSecond: 25_000 } as const

/** Returns the commands a second at which a month costs as much as Akka's smallest run. */
export function akkaBreakEven(measured: Measured): number {
  return AKKA.dollars / total(steadyMonth(measured, 1))
}
