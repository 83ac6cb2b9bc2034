import { LRUCache } from 'lru-cache'
import { checkWhole } from './arguments.ts'
import { checkClass } from './class-check.ts'
import { NotBound } from './errors.ts'
import type { CompleteClass, StoredEvent } from './event.ts'
import type { Derived } from './state/derived.ts'
import type { Versioned } from './state/handlers.ts'
import { hasUpcasters, upcast } from './state/upcasters.ts'
import type { Appended, EventStore, HistoryRange } from './store/event-store.ts'

/** Options of {@link bind}. */
export interface BindOptions {
  /**
   * The number of resources whose derived state the process caches. For a cached resource it reads
   * only newer events. The least recently used resource is removed first. 0: no cache. Default:
   * 1000.
   */
  readonly held?: number
  /** Checks each commit before it is written. Throws to refuse it. Default: no check. */
  readonly check?: CommitCheck
  /**
   * Receives the new events of each resource after their commit, such as for a log. A repeated
   * command has no new events. Must not throw: the events are stored. Default: no observer.
   */
  readonly onCommit?: CommitObserver
}

/** The events that a commit is about to write to one resource, and the state without and with them. */
export interface ProposedCommit {
  readonly id: string
  readonly events: readonly StoredEvent[]
  readonly after: object
}

export type CommitCheck = (commit: ProposedCommit) => void

export type CommitObserver = (events: readonly StoredEvent[]) => void

const HELD = 1000
/** The memory for the command ids of all cached resources, which grows with their histories. */
const MOST_BYTES_OF_IDS = 64 * 2 ** 20

let serial = 0

/** The store of a class, and the state of its resources that this process has cached. */
export class Binding {
  readonly store: EventStore
  /** Throws to refuse a commit. */
  readonly check: CommitCheck
  /** Receives the events of a commit that has succeeded. */
  readonly onCommit: CommitObserver
  readonly #class: object
  readonly #serial = ++serial
  readonly #cache: LRUCache<string, Derived<Versioned>> | undefined

  constructor(
    aggregateClass: object,
    store: EventStore,
    { held = HELD, check = () => {}, onCommit = () => {} }: BindOptions,
  ) {
    this.store = store
    this.check = check
    this.onCommit = onCommit
    this.#class = aggregateClass
    const sizeCalculation = ({ commandIds }: Derived<Versioned>) => commandIds.size
    if (held > 0) {
      this.#cache = new LRUCache({ max: held, maxSize: MOST_BYTES_OF_IDS, sizeCalculation })
    }
  }

  /** Returns a key that identifies a resource among those of all bindings. */
  keyOf(id: string): string {
    return `${this.#serial}/${id}`
  }

  /** Returns the newest state of a resource in the cache. */
  cached(id: string): Derived<Versioned> | undefined {
    return this.#cache?.get(id)
  }

  /** Caches a state unless a newer one is cached: two derivations may end in any order. */
  cache(id: string, derived: Derived<Versioned>): void {
    const cached = this.#cache?.get(id)
    if (!cached || cached.state.version < derived.state.version) this.#cache?.set(id, derived)
  }

  async append(event: StoredEvent): Promise<Appended> {
    const appended = await this.store.append(event)
    return appended.outcome === 'stored' ? appended : { ...appended, by: this.upcast(appended.by) }
  }

  history(id: string, range: HistoryRange): AsyncIterable<readonly StoredEvent[]> {
    const pages = this.store.history(id, range)
    return hasUpcasters(this.#class) ? mapped(pages, this.upcast) : pages
  }

  /** Returns a stored event in today's shape. Every event from the store passes through it. */
  readonly upcast = (event: StoredEvent): StoredEvent => upcast(this.#class, event)
}

async function* mapped<T>(
  pages: AsyncIterable<readonly T[]>,
  map: (item: T) => T,
): AsyncGenerator<readonly T[]> {
  for await (const page of pages) yield page.map(map)
}

const bindings = new WeakMap<object, Binding>()

/**
 * Sets the store of a class. A later call replaces the store and empties the cache. The class is
 * passed as a value, because minifiers rename classes.
 * @throws InvalidArgument for a bad `held`; TypeError for a class with an error that can be seen
 */
export function bind<A extends object>(
  aggregateClass: CompleteClass<A>,
  store: EventStore,
  options: BindOptions = {},
): void {
  const { held = HELD } = options
  checkWhole('held', held, 0)
  if (typeof aggregateClass !== 'function') {
    throw new TypeError(`bind takes a class, not ${aggregateClass}: does its index.ts export it?`)
  }
  checkClass(aggregateClass)
  if (store === undefined || store === null) {
    const { name } = aggregateClass
    throw new TypeError(
      `bind needs a store for ${name}, such as dynamoDBEventStore(…); got ${store}`,
    )
  }
  setBinding(aggregateClass, store, options)
}

/** Binds a class without checking it. */
export function setBinding(
  aggregateClass: object,
  store: EventStore,
  options: BindOptions = {},
): void {
  bindings.set(aggregateClass, new Binding(aggregateClass, store, options))
}

/** Binds classes to other stores while work runs, for a test. */
export async function withStores<T>(
  stores: ReadonlyMap<object, EventStore>,
  work: () => Promise<T>,
): Promise<T> {
  const before = [...stores.keys()].map((key) => ({ key, binding: bindings.get(key) }))
  for (const [aggregateClass, store] of stores) setBinding(aggregateClass, store)
  try {
    return await work()
  } finally {
    for (const { key, binding } of before) {
      if (binding) bindings.set(key, binding)
      else bindings.delete(key)
    }
  }
}

/** Returns the binding of a class. A subclass is a type of its own and needs its own binding. */
export function bindingOf(aggregateClass: object): Binding {
  const binding = bindings.get(aggregateClass)
  if (binding) return binding
  const name = 'name' in aggregateClass ? aggregateClass.name : 'This class'
  throw new NotBound(
    `${name} is not bound to a store: call bind(${name}, dynamoDBEventStore(…)) first. ` +
      'Functions of the API bind the resources of their own domain; reactors may command those of all domains',
    { resource: name },
  )
}
