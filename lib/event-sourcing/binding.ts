import type { EventStore } from './event-store.ts'

const stores = new WeakMap<object, EventStore>()

/**
 * Says where the events of a class are kept. Once per class, in the file of the function that runs
 * it; a later call replaces the store. Explicit, since minifiers rename classes.
 */
export function bind(
  aggregateClass: abstract new (id?: string) => object,
  store: EventStore,
): void {
  stores.set(aggregateClass, store)
}

/** The store of a class. A subclass is a type of its own and needs a binding of its own. */
export function storeOf(aggregateClass: object): EventStore {
  const store = stores.get(aggregateClass)
  if (store) return store
  const name = 'name' in aggregateClass ? aggregateClass.name : 'This class'
  throw new Error(
    `${name} is not bound to a store: call bind(${name}, dynamoDBEventStore(…)) first`,
  )
}
