import { isObject } from '../errors.ts'
import { isIn, isRecent, type KnownEvent, type Position, type ViewedFeed } from './position.ts'

const MOST_WRITES = 100

/** The last event of each resource that the caller has written to in the last 30 seconds. */
export class OwnWrites {
  /** By id, the oldest first. */
  readonly #writes = new Map<string, KnownEvent>()

  /** Keeps a write. Returns false if it, or a later one to the same resource, is already kept. */
  add({ id, version }: Position): boolean {
    this.#forget()
    const known = this.#writes.get(id)
    if (known && isIn({ id, version }, known)) return false
    this.#writes.delete(id)
    this.#writes.set(id, { id, version, at: Date.now() })
    const [oldest] = this.#writes.keys()
    if (oldest !== undefined && this.#writes.size > MOST_WRITES) this.#writes.delete(oldest)
    return true
  }

  /** Returns the writes, the newest first. */
  recent(): readonly KnownEvent[] {
    this.#forget()
    return [...this.#writes.values()].reverse()
  }

  #forget(): void {
    for (const write of [...this.#writes.values()]) {
      if (!isRecent(write)) this.#writes.delete(write.id)
    }
  }
}

/** The own writes that a view is not known to include. */
export class UnseenWrites {
  readonly #feeds: readonly ViewedFeed[]
  readonly #seen = new WeakSet<KnownEvent>()

  constructor(feeds: readonly ViewedFeed[]) {
    this.#feeds = feeds
  }

  newest(): KnownEvent | undefined {
    const [first, ...others] = this.#all().filter((write) => !this.#seen.has(write))
    return first && others.reduce((newest, write) => (write.at > newest.at ? write : newest), first)
  }

  /** The view includes an event. */
  saw(event: Position): void {
    for (const write of this.#all()) if (isIn(write, event)) this.#seen.add(write)
  }

  #all(): readonly KnownEvent[] {
    return this.#feeds.flatMap((feed) => feed.recentWrites())
  }
}

/**
 * Returns the resources in the result of a mutation.
 * @throws TypeError if a resource lacks `id` or `version`, or is of another type
 */
export function writesIn(data: unknown, resource: string): readonly Position[] {
  const fields = isObject(data) ? Object.entries(data) : []
  return fields
    .filter(([, result]) => result !== null)
    .map(([field, result]) => {
      const type = isObject(result) ? result.__typename : undefined
      if (typeof type === 'string' && type !== resource) {
        throw new TypeError(
          `${field} returned a ${type}, and this is the feed of ${resource}: send the command with the feed of ${type}`,
        )
      }
      return positionOf(result, field)
    })
}

/**
 * Returns the position in a value.
 * @param name the name of the value, for the message
 * @throws TypeError if the value has none
 */
export function positionOf(value: unknown, name: string): Position {
  const { id, version }: Record<string, unknown> = isObject(value) ? value : {}
  if (typeof id === 'string' && typeof version === 'number' && Number.isSafeInteger(version)) {
    return { id, version }
  }
  throw new TypeError(
    `${name} must have id and version; got ${JSON.stringify({ id, version })}: select both in the mutation`,
  )
}
