import type { Command } from './customers.ts'

/** An event as the API gives it. */
export interface StoredEvent {
  readonly id: string
  readonly number: number
  readonly type: string
  readonly commandId: string
  readonly amount?: number
  readonly quantity?: number
  readonly reference?: string
  readonly reserved?: number
}

/** By id, the events of each resource. */
export type Histories = ReadonlyMap<string, readonly StoredEvent[]>

/** What is wrong with the histories, one sentence each: nothing may be. */
export function audit(
  products: Histories,
  orders: Histories,
  commands: readonly Command[],
): string[] {
  return [
    ...[...products, ...orders].flatMap(([id, events]) => gaps(id, events)),
    ...[...products].flatMap(([id, events]) => stock(id, events)),
    ...[...orders].flatMap(([id, events]) => reservations(id, events, products)),
    ...committedOnce([...products.values(), ...orders.values()].flat(), commands),
  ]
}

function gaps(id: string, events: readonly StoredEvent[]): string[] {
  return events.flatMap(({ number }, index) =>
    number === index + 1 ? [] : [`${id}: event ${number} stands at place ${index + 1}`],
  )
}

/** Never less than nothing, at no time. */
function stock(id: string, events: readonly StoredEvent[]): string[] {
  let left = 0
  return events.flatMap(({ type, number, amount = 0, quantity = 0 }) => {
    left += type === 'ProductReserved' ? -quantity : amount + quantity
    return left < 0 ? [`${id}: oversold by event ${number}`] : []
  })
}

/** An order that is confirmed has its reservation, once; one that is not, none that was not released. */
function reservations(id: string, events: readonly StoredEvent[], products: Histories): string[] {
  const types = events.map(({ type }) => type)
  const placed = events[0]
  if (placed?.type !== 'OrderPlaced') return [`${id}: begins with ${placed?.type}`]
  const ofIt = [...products.values()].flat().filter(({ reference }) => reference === id)
  const count = (wanted: string) =>
    ofIt.filter(({ type }) => type === wanted).reduce((sum, { quantity = 0 }) => sum + quantity, 0)
  const isConfirmed = types.includes('OrderConfirmed')
  const isCancelled = types.includes('OrderCancelled')
  const isOpen = types.length === 1
  const reserved = isConfirmed ? (placed.quantity ?? 0) : 0
  const released = isConfirmed && isCancelled ? reserved : 0
  return [
    ...(isOpen ? [`${id}: hangs`] : []),
    ...(count('ProductReserved') === reserved
      ? []
      : [`${id} (${types}): ${count('ProductReserved')} are reserved, not ${reserved}`]),
    ...(count('ProductReleased') === released
      ? []
      : [`${id} (${types}): ${count('ProductReleased')} are released, not ${released}`]),
  ]
}

/** What was acknowledged is there, once; what was refused is not. */
function committedOnce(events: readonly StoredEvent[], commands: readonly Command[]): string[] {
  const counts = new Map<string, number>()
  for (const { commandId } of events) counts.set(commandId, (counts.get(commandId) ?? 0) + 1)
  return commands.flatMap(({ commandId, field, result, refusal }) => {
    const times = counts.get(commandId) ?? 0
    const expected = result ? 1 : 0
    return times === expected
      ? []
      : [`${field} ${commandId} (${refusal ?? 'accepted'}) is stored ${times} times`]
  })
}
