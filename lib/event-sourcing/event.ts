/** A numbered fact about a resource. Events are immutable and stored forever. */
export interface Event {
  /** The position in the resource's history: 1, 2, 3 … without gaps. */
  readonly number: number
  /** The event's name, in the past tense: `ProductReserved`. */
  readonly type: string
  /**
   * The date in ISO 8601, UTC, on the clock of the writer. For information: numbers order the events.
   * Dates decrease within a resource only after an event that is dated more than five minutes ahead
   * of the next writer’s clock.
   */
  readonly created: string
  /** The framework's data about the event. Present on every stored event. */
  readonly meta?: EventMeta
}

export interface EventMeta {
  /** The id of the command that committed the event. Default: a fresh UUID for each commit. */
  readonly commandId: string
  /** A hash of the command's content, which detects another command with the same id. */
  readonly fingerprint?: string
  /** The X-Ray trace id of the request that committed the event. Absent without tracing. */
  readonly traceId?: string
  /**
   * The number of reactions, one caused by the other, that led to the event. Absent if no reaction
   * did.
   */
  readonly depth?: number
  /**
   * The caller who caused the event: `user:` and the user's id, `iam:` and the ARN of a signed
   * caller, or `key` for an API key. The events of a reaction have the caller who caused it. Absent
   * if the event had no caller, or is older than the record of callers.
   */
  readonly actor?: string
  /**
   * The id of the user who owns the resource: the user who caused its first event, unless the class
   * names another one. Absent if no user owns it.
   */
  readonly owner?: string
  /** True if the resource belonged to somebody else, or to nobody, before this event. */
  readonly isNewOwner?: true
  /** The name of the reactor that committed the event. Absent if no reactor did. */
  readonly reactor?: string
  /**
   * The position of the event among the commit's events of this resource: 1, 2 … Absent if there is
   * one event.
   */
  readonly position?: number
  /** The number of the commit's events of this resource. Absent if there is one event. */
  readonly size?: number
  /** The number of resources with events in the commit. Absent if there is one resource. */
  readonly resources?: number
}

/** An event in its stored form: the domain's attributes next to the reserved ones. */
export interface StoredEvent extends Event {
  /** The id of the resource. */
  readonly id: string
  readonly meta: EventMeta
  readonly [attribute: string]: unknown
}

/** The attribute names that event types cannot use themselves. */
export const RESERVED_ATTRIBUTES = ['id', 'number', 'type', 'created', 'meta'] as const

/** The event of type `T`, from a union of event interfaces or from a base interface. */
export type EventOfType<E extends Event, T extends E['type']> = E extends Event
  ? T extends E['type']
    ? E & { readonly type: T }
    : never
  : never

/**
 * One method `on<Type>` per event type. TypeScript compares parameters of methods bivariantly. A
 * handler can therefore take the event's own interface, even if the events share a base interface
 * whose `type` is a union.
 */
export type EventHandlers<E extends Event> = {
  [T in E['type'] as `on${T}`]: { handler(event: EventOfType<E, T>): void }['handler']
}

/** A new event: its type and attributes. The commit adds the number and the date. */
export type NewEvent<E extends Event> = {
  readonly [K in keyof E as K extends keyof Event ? never : K]: E[K]
} & {
  readonly type: E['type']
  /** The required number. VersionConflict if another number is next. Default: the next number. */
  readonly number?: number
  /** The date. Default: now. */
  readonly created?: string
}

/** A new event of any type in a union of event interfaces. */
export type Uncommitted<E extends Event> = E extends Event ? NewEvent<E> : never

/**
 * The result of a decision, without attributes that its events do not have. TypeScript itself checks
 * this in literals, but not in the results of functions. The compiler's message names the attribute:
 * `'ProductRestocked has no attribute amont'`.
 */
export type WithoutStray<E extends Event, P> = [StrayIn<E, P>] extends [never]
  ? P
  : { readonly [K in StrayIn<E, P>]: never }

type StrayIn<E extends Event, P> = P extends readonly (infer Item)[]
  ? StrayOf<E, Item>
  : StrayOf<E, P>

type StrayOf<E extends Event, P> = P extends { readonly type: infer T extends E['type'] }
  ? { [K in keyof P & string]: IsStray<E, T, P, K> }[keyof P & string]
  : never

/** In a union of literals, TypeScript adds the others' attributes to each literal, as undefined. */
type IsStray<
  E extends Event,
  T extends E['type'],
  P,
  K extends keyof P & string,
> = K extends keyof EventOfType<E, T>
  ? never
  : P[K] extends undefined
    ? never
    : `${T} has no attribute ${K}`

/** The key of an aggregate's event types. It exists only in types. */
export declare const EVENTS: unique symbol

/** The event types of an aggregate. */
export type EventOf<A> = A extends { readonly [EVENTS]?: infer E } ? Extract<E, Event> : never

/**
 * A class that has a handler for each of its event types, and whose events a store can hold. The
 * compiler's message names the missing method, or the attribute: `'when is not JSON'`.
 */
export type CompleteClass<A> = new (
  id?: string,
) => A & EventHandlers<EventOf<A>> & Storable<EventOf<A>>

type Storable<E extends Event> = {
  readonly [K in NotJsonAttribute<E> as `${K} is not JSON`]: never
}

type NotJsonAttribute<E extends Event> = E extends Event
  ? { [K in Exclude<keyof E, 'meta'>]-?: [NotJson<E[K]>] extends [never] ? never : K }[Exclude<
      keyof E,
      'meta'
    >] &
      string
  : never

type NotJson<T> = T extends string | number | boolean | null | undefined
  ? never
  : T extends readonly (infer Item)[]
    ? NotJson<Item>
    : T extends bigint | symbol | Date | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
      ? T
      : T extends (...args: never) => unknown
        ? T
        : T extends object
          ? { [K in keyof T]-?: NotJson<T[K]> }[keyof T]
          : never
