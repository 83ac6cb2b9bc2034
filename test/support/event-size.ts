import { randomUUID } from 'node:crypto'
import { checkStorable } from '../../lib/event-sourcing/commits/validation.ts'
import { type CommitOptions, isEventSourcingError, within } from '../../lib/event-sourcing/index.ts'
import type { Product } from '../../lib/shopping/index.ts'

export const KB_400 = 400 * 1024
export const restocked = (more: object) => ({ type: 'ProductRestocked', amount: 1, ...more })

/** Commits an event that the types would reject. */
export function commit(product: Product, event: unknown, options?: CommitOptions) {
  const decide: () => never = () => event as never
  // A busy machine needs time for a hundred thousand values.
  return within(25_000, () => product.commit(decide, options))
}

/**
 * Stores the largest event that is accepted. Starts at the size `refused` and tries smaller sizes.
 * @param step the ratio of two consecutive sizes
 */
export async function storeLargest(
  product: Product,
  eventOf: (size: number) => object,
  refused: number,
  step: number,
  options?: CommitOptions,
): Promise<number> {
  let size = refused
  // Runs only the check of a commit, which is faster than committing.
  const stored = { id: product.id, number: 1, created: new Date().toISOString() }
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
    commit(product, eventOf(size), options).then(
      () => false,
      (error: unknown) => {
        if (isEventSourcingError(error, 'InvalidEvent')) return true
        throw error
      },
    )
  expect(await isRefused()).toBe(true)
  while (await isRefused()) size = Math.floor(size * step)
  expect(await product.events()).toHaveLength(1)
  return size
}
