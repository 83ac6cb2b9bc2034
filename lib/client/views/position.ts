/** An event by its place: the id of its resource, and its number, which is the version after it. */
export interface Position {
  readonly id: string
  readonly version: number
}

/** An event that the client knows to exist. */
export interface KnownEvent extends Position {
  /** The time at which the client learned of it, in milliseconds since 1970. */
  readonly at: number
}

/** Receives the events of all resources of a type, as hints: some may be repeated or lost. */
export interface EventListener {
  heard(event: Position): void
  /** Events may have been missed until now. Called at the start, and after a lost connection. */
  missed(): void
  /** No more events arrive, because the subscription failed permanently. */
  failed(error: unknown): void
}

/** The events and the caller's own writes of one type of resource. An EventFeed is one. */
export interface ViewedFeed {
  listen(listener: EventListener): () => void
  recentWrites(): readonly KnownEvent[]
}

/** Queries stop waiting for an event after this time: a view may never include it. */
const PATIENCE = 30_000

export function isRecent({ at }: KnownEvent): boolean {
  return Date.now() - at < PATIENCE
}

/** Whether a state that includes the second event also includes the first. */
export function isIn(event: Position, { id, version }: Position): boolean {
  return event.id === id && event.version <= version
}
