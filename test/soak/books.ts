import type { Checkpoint } from '../../lib/event-sourcing/reactions/index.ts'
import type { Command } from './sender.ts'

/** An event as the API returns it. */
export interface StoredEvent {
  readonly id: string
  readonly number: number
  readonly type: string
  readonly commandId: string
  readonly concertId?: string
  readonly amount?: number
  readonly quantity?: number
  readonly reference?: string
  readonly reserved?: number
}

/** The events of each resource, by id. */
export type Histories = ReadonlyMap<string, readonly StoredEvent[]>

export interface Books {
  readonly concerts: Histories
  readonly bookings: Histories
  /** The number of seats that each concert has left according to the API. */
  readonly left: ReadonlyMap<string, number>
  readonly commands: readonly Command[]
}

/** Returns the problems of the histories, a sentence each. None are allowed. */
export function audit({ concerts, bookings, left, commands }: Books): string[] {
  return [
    ...[...concerts, ...bookings].flatMap(([id, events]) => gaps(id, events)),
    ...[...concerts].flatMap(([id, events]) => stock(id, events, left.get(id))),
    ...[...bookings].flatMap(([id, events]) => reservations(id, events, concerts)),
    ...committedOnce([...concerts.values(), ...bookings.values()].flat(), commands),
  ]
}

const REACTED_TO = ['BookingPlaced', 'BookingCancelled']

/** Returns the bookings whose last event for the reactor is not handled. */
export function unhandled(
  bookings: Histories,
  checkpoints: ReadonlyMap<string, Checkpoint>,
): readonly string[] {
  return [...bookings].flatMap(([id, events]) => {
    const last = events.findLast(({ type }) => REACTED_TO.includes(type))?.number ?? 0
    const { handled = 0, skipped = [], parked } = checkpoints.get(id) ?? {}
    const isDone = handled >= last && !parked && skipped.length === 0
    return isDone ? [] : [`${id}: handled to event ${handled} of ${last}`]
  })
}

function gaps(id: string, events: readonly StoredEvent[]): string[] {
  return events.flatMap(({ number }, index) =>
    number === index + 1 ? [] : [`${id}: event ${number} stands at place ${index + 1}`],
  )
}

/**
 * Checks that the seats left are never negative, and that their final number is that of the API.
 */
function stock(id: string, events: readonly StoredEvent[], said: number | undefined): string[] {
  let left = 0
  const oversold = events.flatMap(({ type, number, amount = 0, quantity = 0 }) => {
    left += type === 'SeatsReserved' ? -quantity : amount + quantity
    return left < 0 ? [`${id}: oversold by event ${number}`] : []
  })
  return left === said ? oversold : [...oversold, `${id}: ${left} are left, not ${said}`]
}

/**
 * Checks that each confirmed booking has one reservation, and that other bookings hold no seats.
 */
function reservations(id: string, events: readonly StoredEvent[], concerts: Histories): string[] {
  const types = events.map(({ type }) => type)
  const placed = events[0]
  if (placed?.type !== 'BookingPlaced') return [`${id}: begins with ${placed?.type}`]
  const everywhere = [...concerts.values()].flat().filter(({ reference }) => reference === id)
  const ofIt = everywhere.filter((event) => event.id === placed.concertId)
  const count = (wanted: string) =>
    ofIt.filter(({ type }) => type === wanted).reduce((sum, { quantity = 0 }) => sum + quantity, 0)
  const isConfirmed = types.includes('BookingConfirmed')
  const isCancelled = types.includes('BookingCancelled')
  const isOpen = types.length === 1
  const reserved = isConfirmed ? (placed.quantity ?? 0) : 0
  const released = isConfirmed && isCancelled ? reserved : 0
  return [
    ...(ofIt.length < everywhere.length ? [`${id}: another concert was reserved for it`] : []),
    ...(isOpen ? [`${id}: hangs`] : []),
    ...(count('SeatsReserved') === reserved
      ? []
      : [`${id} (${types}): ${count('SeatsReserved')} are reserved, not ${reserved}`]),
    ...(count('SeatsReleased') === released
      ? []
      : [`${id} (${types}): ${count('SeatsReleased')} are released, not ${released}`]),
  ]
}

/** Checks that each accepted command is stored once, and that rejected commands are not stored. */
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
