import { ASSUMED } from './assumptions.ts'
import type { Invocation } from './measured.ts'
import { PRICES, type PriceName } from './prices.ts'

/** A part of a cost: a quantity in the unit of its price. */
export interface Line {
  readonly price: PriceName
  /** In the price's unit: millions, GB or pieces. */
  readonly quantity: number
}

const GB = 1e9

/** Returns the dollars of lines. */
export function dollarsOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { price, quantity }) => sum + quantity * PRICES[price].dollars, 0)
}

/** Adds lines of the same price. */
export function sumOf(...groups: readonly (readonly Line[])[]): Line[] {
  const quantities = new Map<PriceName, number>()
  for (const { price, quantity } of groups.flat()) {
    quantities.set(price, (quantities.get(price) ?? 0) + quantity)
  }
  return [...quantities].map(([price, quantity]) => ({ price, quantity }))
}

export function times(factor: number, lines: readonly Line[]): Line[] {
  return lines.map(({ price, quantity }) => ({ price, quantity: quantity * factor }))
}

/**
 * Returns the billed duration of an invocation, in milliseconds: its processor time on a function
 * with 1,024 MB, and its waiting for DynamoDB and other services.
 * @param inSequence the requests to DynamoDB that run one after another
 */
export function billed(processor: number, inSequence: number, waiting = 0): number {
  return Math.ceil(processor / ASSUMED.processors + inSequence * ASSUMED.dynamodb + waiting)
}

/** Returns what a million invocations cost: Lambda, DynamoDB and the log. */
export function invocations(work: Invocation, duration: number): Line[] {
  const bytes = work.logBytes + work.logEntries * ASSUMED.logEntry
  return [
    { price: 'invocation', quantity: 1 },
    { price: 'gigabyteSecond', quantity: duration / 1000 },
    { price: 'write', quantity: work.writeUnits },
    { price: 'read', quantity: work.readUnits },
    { price: 'log', quantity: (bytes * 1e6) / GB },
  ]
}

/**
 * Returns what a million requests to AppSync cost: the operations and its log.
 * @param share the share of requests that X-Ray records
 */
export function requests(share: number): Line[] {
  return [
    { price: 'operation', quantity: 1 },
    { price: 'log', quantity: (ASSUMED.requestLog * 1e6) / GB },
    { price: 'trace', quantity: share },
  ]
}
