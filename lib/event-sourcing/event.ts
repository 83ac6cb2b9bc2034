/** Something that has happened to a resource: numbered, immutable, stored for ever. */
export interface Event {
  /** 1, 2, 3 … within its resource, without gaps. */
  readonly number: number
  /** The event's name, in the past tense: `ProductReserved`. */
  readonly type: string
  /** When: ISO 8601, UTC, never decreasing within a resource. */
  readonly created: string
  /** Data about the event that is not the domain's. Present on every stored event. */
  readonly meta?: EventMeta
}

export interface EventMeta {
  /** Names the command that committed the event; a fresh one for each commit. */
  readonly commandId: string
  /** Of the command, so that another one under the same id is noticed. */
  readonly fingerprint?: string
  /** The X-Ray trace of the request that committed it. Absent where nothing is traced. */
  readonly traceId?: string
  /** Its place among the events that one commit gave this resource: 1, 2 … Absent: it is alone. */
  readonly position?: number
  /** How many events these are. Absent: one. */
  readonly size?: number
  /** How many resources the commit gave events to. Absent: one. */
  readonly resources?: number
}

/** An event as a store holds it: the domain's attributes stand beside the reserved ones. */
export interface StoredEvent extends Event {
  /** The resource it belongs to. */
  readonly id: string
  readonly meta: EventMeta
  readonly [attribute: string]: unknown
}

/** The names an event type may not use for attributes of its own. */
export const RESERVED_ATTRIBUTES = ['id', 'number', 'type', 'created', 'meta'] as const

/** The event of type `T`, for a union of event interfaces and for a base interface alike. */
export type EventOfType<E extends Event, T extends E['type']> = E extends Event
  ? T extends E['type']
    ? E & { readonly type: T }
    : never
  : never

/**
 * One method per event type, `on<Type>`. Methods, so that a handler may ask for the event's own
 * interface also where the events share a base interface whose `type` is a union.
 */
export type EventHandlers<E extends Event> = {
  [T in E['type'] as `on${T}`]: { handler(event: EventOfType<E, T>): void }['handler']
}

/** A new event: its type and attributes. The commit adds the number and the date. */
export type NewEvent<E extends Event> = {
  readonly [K in keyof E as K extends keyof Event ? never : K]: E[K]
} & {
  readonly type: E['type']
  /** Fixes the number of the event: another number is a conflict. Default: the next number. */
  readonly number?: number
  /** Default: now. */
  readonly created?: string
}

/** A new event of one of the types of a union. */
export type Uncommitted<E extends Event> = E extends Event ? NewEvent<E> : never

/**
 * What a decision returns, without attributes that its events do not have. TypeScript checks this in
 * literals, but not in the results of functions. A message names the attribute:
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

/** In a union of literals, TypeScript gives each literal the others' attributes, as undefined. */
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

/** Marks the events of an aggregate. Exists in types only. */
export declare const EVENTS: unique symbol

/** The events of an aggregate. */
export type EventOf<A> = A extends { readonly [EVENTS]?: infer E } ? Extract<E, Event> : never

/**
 * A class that has a handler for every type of its events, and events that a store can hold. A
 * message about it names the missing method, or the attribute: `'when is not JSON'`.
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
