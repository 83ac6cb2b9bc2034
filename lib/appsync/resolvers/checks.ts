import type { Event } from '../../event-sourcing/index.ts'

/** Compiles only if `Actual` can stand where `Expected` is needed. */
export type Fits<Actual extends Expected, Expected> = Actual

/** Compiles only if nothing is missing: the message names what is. */
export type NoneMissing<_Missing extends never> = true

/** The names of event attributes that the type of the feed lacks. */
export type MissingAttributes<E extends Event, Feed> = Exclude<NameOf<E>, keyof Feed>

type NameOf<E extends Event> = E extends Event ? Exclude<keyof E, 'meta'> : never

/** The attributes of each event, as the feed has them. */
export type AttributesOf<E extends Event> = E extends Event
  ? { readonly [K in Exclude<keyof E, 'meta'>]: Exclude<E[K], undefined> }
  : never
