import type { Event } from '../../event-sourcing/index.ts'

/** Compiles only if `Actual` is assignable to `Expected`. */
export type Fits<Actual extends Expected, Expected> = Actual

/** Compiles only if nothing is missing. The compiler's message names the missing attributes. */
export type NoneMissing<_Missing extends never> = true

/** A sentence for each event attribute that is missing in the feed's type. */
export type MissingAttributes<
  E extends Event,
  Feed,
  Place extends string,
> = `${Place} lacks ${Exclude<NameOf<E>, keyof Feed>}`

type NameOf<E extends Event> = E extends Event ? Exclude<keyof E & string, 'meta'> : never

/** The attributes of each event, in the form of the feed. */
export type AttributesOf<E extends Event> = E extends Event
  ? { readonly [K in Exclude<keyof E, 'meta'>]: Exclude<E[K], undefined> }
  : never
