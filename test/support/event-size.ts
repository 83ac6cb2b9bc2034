import { randomUUID } from 'node:crypto'
import { type CommitOptions, isEventSourcingError, within } from '../../lib/event-sourcing/index.ts'
import { checkStorable } from '../../lib/event-sourcing/store/dynamodb/limits.ts'
import type { Concert } from '../app/lib/tickets/index.ts'

export const KB_400 = 400 * 1024
export const seatsAdded = (more: object) => ({ type: 'SeatsAdded', amount: 1, ...more })

/** Commits an event that the types would reject. */
export function commit(concert: Concert, event: unknown, options?: CommitOptions) {
  const decide: () => never = () => event as never
  // A busy machine needs time for a hundred thousand values.
  return within(25_000, () => concert.commit(decide, options))
}

/**
 * Stores the largest event that is accepted. Starts at the size `refused` and tries smaller sizes.
 * @param step the ratio of two consecutive sizes
 */
export async function storeLargest(
  concert: Concert,
  eventOf: (size: number) => object,
  refused: number,
  step: number,
  options?: CommitOptions,
): Promise<number> {
  let size = refused
  // Runs only the check of a commit, which is faster than committing.
  const stored = { id: concert.id, number: 1, created: new Date().toISOString() }
  const fits = () => {
    try {
      checkStorable({ ...stored, meta: { commandId: randomUUID() }, type: '', ...eventOf(size) })
      return true
    } catch {
      return false
    }
  }
  while (!fits()) size = Math.floor(size * 0.99)
  size = Math.ceil(size * 1.01)
  const isRefused = () =>
    commit(concert, eventOf(size), options).then(
      () => false,
      (error: unknown) => {
        if (isEventSourcingError(error, 'InvalidEvent')) return true
        throw error
      },
    )
  expect(await isRefused()).toBe(true)
  while (await isRefused()) size = Math.floor(size * step)
  expect(await concert.events()).toHaveLength(1)
  return size
}
