import { ASSUMED } from './assumptions.ts'
import { limits } from './limits.ts'
import { dollarsOf, type Line } from './lines.ts'
import { type Measured, WORK } from './measured.ts'
import {
  AKKA,
  akkaBreakEven,
  extraCosts,
  idleCosts,
  reconcilerCost,
  steadyMonth,
  total,
  writeOptions,
} from './month-costs.ts'
import { PRICES, type PriceName } from './prices.ts'
import { durationOf, messageCost, storageCost, type WorkCost, workCosts } from './work-costs.ts'

/** A generated part of docs/scale.md. */
export interface Table {
  /** The name in the marker of docs/scale.md. */
  readonly title: string
  readonly text: string
}

const SUBSCRIBERS = [1, 100, 10_000]
const PER_SECOND = 1000

const SERVICES: readonly (readonly [string, readonly PriceName[]])[] = [
  ['AppSync', ['operation', 'update', 'connection']],
  ['Lambda', ['invocation', 'gigabyteSecond']],
  ['DynamoDB', ['write', 'read', 'storage', 'recovery']],
  ['logs and traces', ['log', 'trace', 'alarm']],
  ['others', ['transfer', 'queue', 'firewall', 'firewallRequest']],
]

export function costTables(measured: Measured): Table[] {
  return [
    { title: 'work', text: workTable(measured) },
    { title: 'sizes', text: sizeTable(measured) },
    { title: 'dollars', text: dollarTable(measured) },
    { title: 'idle', text: idleTable(measured) },
    { title: 'extras', text: costTable('each month', extraCosts([100, 10_000])) },
    { title: 'month', text: monthTable(measured) },
    { title: 'writes', text: writeTable() },
    { title: 'akka', text: akkaText(measured) },
    { title: 'prices', text: priceTable() },
    { title: 'assumptions', text: assumptionTable() },
    { title: 'limits', text: limitTable(measured) },
  ]
}

function workTable(measured: Measured): string {
  const rows = WORK.map((work) => {
    const { requests, readUnits, writeUnits, processor, logBytes } = measured.invocations[work]
    const duration = durationOf(measured, work)
    return [
      work,
      figure(requests),
      figure(readUnits),
      figure(writeUnits),
      figure(processor),
      figure(duration),
      figure(logBytes),
    ]
  })
  const table = markdown(
    [
      'invocation',
      'requests to DynamoDB',
      'read units',
      'write units',
      'processor time, ms',
      'billed on Lambda, ms (derived)',
      'bytes of log',
    ],
    rows,
  )
  return `Measured on ${measured.date}, on ${measured.machine}.\n\n${table}`
}

function sizeTable({ itemBytes, messageBytes }: Measured): string {
  const rows = Object.entries(itemBytes).map(([type, bytes]) => [
    type,
    bytes,
    messageBytes[type] ?? '–',
  ])
  return markdown(
    ['event or item', 'item in DynamoDB, bytes', 'message to a subscriber, bytes'],
    rows,
  )
}

function dollarTable(measured: Measured): string {
  const costs = [
    ...workCosts(measured),
    ...SUBSCRIBERS.map((subscribers) => messageCost(measured, subscribers)),
    storageCost(measured),
  ]
  return costTable('a million', costs)
}

function idleTable(measured: Measured): string {
  const costs = idleCosts(measured)
  const all = { name: 'together', lines: costs.flatMap(({ lines }) => lines) }
  const extra = reconcilerCost(measured)
  const name = 'for each million resources of a reactor: four passes of the reconciler a day'
  return costTable('each month, without any use', [...costs, all, { ...extra, name }])
}

function monthTable(measured: Measured): string {
  const costs = steadyMonth(measured, PER_SECOND)
  const all = { name: 'together', lines: costs.flatMap(({ lines }) => lines) }
  const title = `${figure(PER_SECOND)} commands a second for a month, on demand`
  return costTable(title, [...costs, all])
}

function writeTable(): string {
  const few = writeOptions(PER_SECOND / 4)
  const rows = writeOptions(PER_SECOND).map(({ name, dollars }, index) => [
    name,
    `$${figure(Math.round(dollars))}`,
    `$${figure(Math.round(few[index]?.dollars ?? 0))}`,
  ])
  const head = [PER_SECOND, PER_SECOND / 4].map((rate) => `${figure(rate)} write units a second`)
  return markdown(['for a month', ...head], rows)
}

function akkaText(measured: Measured): string {
  const { dollars, writesPerSecond } = AKKA
  const rows = [
    [
      'Akka’s smallest published run',
      `up to ${figure(writesPerSecond)} writes a second`,
      `$${figure(dollars)}`,
    ],
    ['this stack, without use', '0 commands a second', `$${total(idleCosts(measured)).toFixed(2)}`],
    [
      'this stack, for the same money',
      `${figure(akkaBreakEven(measured))} commands a second at all hours, with the feed and storage`,
      `$${figure(dollars)}`,
    ],
    [
      'this stack',
      `${figure(PER_SECOND)} commands a second at all hours, with the feed and storage`,
      `$${figure(Math.round(total(steadyMonth(measured, PER_SECOND))))}`,
    ],
  ]
  return markdown(['', 'load', 'a month'], rows)
}

function priceTable(): string {
  const rows = Object.values(PRICES).map(({ unit, dollars, page }) => [
    unit,
    `$${dollars}`,
    `[page](${page})`,
  ])
  return markdown(['unit', 'price', 'source'], rows)
}

function assumptionTable(): string {
  return markdown(
    ['assumed value', ''],
    [
      ['a request to DynamoDB', `${ASSUMED.dynamodb} ms`],
      ['AppSync’s work for a request, with the way to the function', `${ASSUMED.appsync} ms`],
      ['the start of an environment', `${ASSUMED.coldStart} ms`],
      ['a publish request with one event', `${ASSUMED.publish} ms`],
      ['each further event of a publish request', `${ASSUMED.publishNext} ms`],
      ['processors of a function with 1,024 MB', ASSUMED.processors.toFixed(2)],
      ['AppSync’s log entries of a request', `${figure(ASSUMED.requestLog)} bytes`],
      ['what CloudWatch adds to a log entry', `${ASSUMED.logEntry} bytes`],
      ['what DynamoDB adds to a stored item', `${ASSUMED.storedItem} bytes`],
    ],
  )
}

function limitTable(measured: Measured): string {
  const rows = limits(measured).map(({ quota, met, remedy, page }) => [
    `[${quota}](${page})`,
    met,
    remedy,
  ])
  return markdown(['quota', 'met at', 'what to do'], rows)
}

function costTable(title: string, costs: readonly WorkCost[]): string {
  const rows = costs.map(({ name, lines }) => [
    name,
    dollars(lines),
    ...SERVICES.map(([, prices]) => dollars(lines.filter(({ price }) => prices.includes(price)))),
  ])
  return markdown([title, 'dollars', ...SERVICES.map(([service]) => service)], rows)
}

function dollars(lines: readonly Line[]): string {
  const sum = dollarsOf(lines)
  if (sum === 0) return '–'
  return `$${sum.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}

function figure(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 })
}

/** Returns a table in Markdown. */
export function markdown(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
