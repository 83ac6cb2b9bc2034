import type { AnyAggregate } from '../../event-sourcing/index.ts'
import type { EventFacts, KeyPart, ListView, SortValue } from '../../event-sourcing/views/index.ts'

/** The word of a state that the API shows as an enum value: `'sold-out'` for `'SOLD_OUT'`. */
type WordOf<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}-${WordOf<Tail>}`
  : Lowercase<S>

/** A value that a view may return for a value of the API: for an enum value, also its word. */
type Viewed<T> = T extends string ? (string extends T ? string : T | WordOf<T>) : T

/** The key for the key arguments of a query field: one value, or several in their order. */
type KeyFor<Arguments extends readonly KeyPart[]> = Arguments extends readonly [infer One]
  ? Viewed<One>
  : { readonly [I in keyof Arguments]: Viewed<Arguments[I]> }

/** The fields that the framework adds to what a view keeps. */
type Added = 'id' | 'version' | 'behind'

/** The fields that a view keeps for a type of the API. */
type FieldsFor<Type> = {
  readonly [K in keyof Type as Exclude<K, Added>]: FieldFor<Type[K]>
}

type FieldFor<T> = T extends null | undefined
  ? null | undefined
  : T extends readonly (infer Item)[]
    ? readonly FieldFor<Item>[]
    : Viewed<T>

/**
 * The view for a field that answers a page of a resource. `Arguments` are its key arguments, and
 * `Sort` is the type of `from` and `to`.
 */
export type ListFor<
  A extends AnyAggregate,
  Arguments extends readonly KeyPart[],
  Sort extends SortValue,
  Type,
> = ListView<A, FieldsFor<Type>, KeyFor<Arguments>, Sort>

/** The view for a field that answers one row, or a page of rows. */
export interface FoldFor<Arguments extends readonly KeyPart[], Sort extends SortValue, Type> {
  readonly kind: 'fold'
  by(event: never, facts: EventFacts): KeyFor<Arguments> | undefined
  sort?(event: never, facts: EventFacts): Sort
  readonly initial: FieldsFor<Type>
}

/** The view for a field that answers a page of a type of your own: kept objects, or rows. */
export type PageFor<Arguments extends readonly KeyPart[], Sort extends SortValue, Type> =
  | ListFor<AnyAggregate, Arguments, Sort, Type>
  | FoldFor<Arguments, Sort, Type>
