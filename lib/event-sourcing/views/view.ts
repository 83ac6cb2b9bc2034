import { inspect } from 'node:util'
import type { AggregateClass, AnyAggregate, AnyClass } from '../aggregate.ts'
import type { Event, EventOf, EventOfType } from '../event.ts'
import { Misuse } from '../runtime/composed-errors.ts'
import { isPlainObject } from '../state/state.ts'

/** A part of a key. Numbers must be finite. */
export type KeyPart = string | number | boolean

/** The key by which queries find resources or rows: one value, or several in a fixed order. */
export type ViewKey = KeyPart | readonly KeyPart[]

/** A key whose parts keep their types and order: the empty list makes TypeScript infer a tuple. */
type KeyOf = ViewKey | readonly []

/** A value that orders the items of a key. Texts are ordered by their UTF-8 bytes. */
export type SortValue = string | number

/** The facts about a resource that its state need not have. */
export interface ResourceFacts {
  /** The id of the user who owns it. Undefined: no user does. */
  readonly owner: string | undefined
  /** The date of its first event, as ISO 8601. */
  readonly created: string
  /** The date of its last event, as ISO 8601. */
  readonly changed: string
}

/** The facts about an event beside its attributes. */
export interface EventFacts {
  /** The id of its resource. */
  readonly id: string
  /** The id of the user who owned the resource after the event. Undefined: no user did. */
  readonly owner: string | undefined
  /** The caller who caused it: `user:` and an id, `iam:` and an ARN, or `key`. */
  readonly actor: string | undefined
}

/** The options that lists and folds share. */
export interface ViewOptions {
  /**
   * A whole number from 1 on. Raise it when the functions change: the view is then built anew from
   * the first event on, beside the old one, which answers until the new one has caught up.
   */
  readonly version: number
  /** Whether pages begin with the highest sort value, unless a query asks otherwise. Default: false. */
  readonly descending?: boolean
  /**
   * The number of partitions for one key, 1 to 100. Raise it for a key that changes more than a
   * thousand times a second; each query then reads all of them. Changing it needs a new `version`.
   * Default: 1.
   */
  readonly spread?: number
}

/** The options of `list`. The functions must be pure: the same result for the same resource. */
export interface ListOptions<
  A extends AnyAggregate,
  Kept extends object,
  Key extends ViewKey = ViewKey,
  Sort extends SortValue = SortValue,
> extends ViewOptions {
  /** Returns the key of a resource. Undefined: the view does not have the resource. */
  by(resource: A, facts: ResourceFacts): Key | undefined
  /** Returns the value that orders the resources of a key. Default: they are ordered by id. */
  sort?(resource: A, facts: ResourceFacts): Sort
  /** Returns the fields that queries answer, besides `id` and `version`. Default: the whole state. */
  keep?(resource: A, facts: ResourceFacts): Kept
}

/** The events of a class, or of several. */
export type EventsOf<C> = C extends AnyClass
  ? EventOf<InstanceType<C>>
  : C extends readonly AnyClass[]
    ? EventOf<InstanceType<C[number]>>
    : never

/** Resources, found and ordered by keys of their state. */
export interface ListView<
  A extends AnyAggregate = AnyAggregate,
  Kept extends object = object,
  Key extends ViewKey = ViewKey,
  Sort extends SortValue = SortValue,
> extends ListOptions<A, Kept, Key, Sort> {
  readonly kind: 'list'
  readonly of: AggregateClass<A>
}

/** The options of `fold`. The functions must be pure, and independent of the order of resources. */
export interface FoldOptions<
  E extends Event,
  Row extends object,
  Key extends ViewKey = ViewKey,
  Sort extends SortValue = SortValue,
> extends ViewOptions {
  /** Returns the key of the row to which an event counts. Undefined: it counts to no row. */
  by(event: E, facts: EventFacts): Key | undefined
  /** Returns the value that tells the rows of a key apart and orders them. Default: one row per key. */
  sort?(event: E, facts: EventFacts): Sort
  /** The row before its first event. With `spread`, all of its fields must be 0. */
  readonly initial: Row
  /** The functions that add an event to a row, by event type. Other types do not count. */
  readonly on: {
    readonly [T in E['type']]?: {
      add(row: Row, event: EventOfType<E, T>, facts: EventFacts): Row
    }['add']
  }
}

/** Rows, summed up from events. Each event counts exactly once. */
export interface FoldView<
  E extends Event = Event,
  Row extends object = object,
  Key extends ViewKey = ViewKey,
  Sort extends SortValue = SortValue,
> extends FoldOptions<E, Row, Key, Sort> {
  readonly kind: 'fold'
  readonly of: readonly AnyClass[]
}

/** A view of any class. */
export type AnyView = ListView | FoldView

/** Views by name. A name is also the name of the query field. */
export type Views = Readonly<Record<string, AnyView>>

/** The item of a list: the fields that the view keeps of a resource. */
export interface ListItem {
  readonly id: string
  /** The number of the resource's last event in the view. */
  readonly version: number
  readonly kept: Readonly<Record<string, unknown>>
}

/** A row of a fold. */
export interface FoldRow {
  readonly key: readonly KeyPart[]
  /** Absent: the view has one row for each key. */
  readonly sort?: SortValue
  readonly row: Readonly<Record<string, unknown>>
}

/**
 * Returns a view that finds the resources of a class by a key of their state.
 *
 *     productsByStatus: list(Product, {
 *       version: 1,
 *       by: ({ status }) => status,
 *       sort: ({ quantity }) => quantity,
 *     })
 *
 * @throws TypeError for an option that cannot be right
 */
export function list<
  A extends AnyAggregate,
  const Key extends KeyOf,
  Sort extends SortValue = SortValue,
  // Without `keep`, the view fits any type that a query answers.
  Kept extends object = never,
>(of: AggregateClass<A>, options: ListOptions<A, Kept, Key, Sort>): ListView<A, Kept, Key, Sort> {
  if (typeof of !== 'function') throw new Misuse(`list takes a class; got ${inspect(of)}`)
  checkOptions('list', options)
  return { kind: 'list', of, ...options }
}

/**
 * Returns a view whose rows are summed up from the events of one or several classes.
 *
 *     reservedByDay: fold(Product, {
 *       version: 1,
 *       by: ({ created }) => created.slice(0, 10),
 *       initial: { reserved: 0 },
 *       on: {
 *         ProductReserved: (row, { quantity }) => ({ reserved: row.reserved + quantity }),
 *       },
 *     })
 *
 * @throws TypeError for an option that cannot be right
 */
export function fold<
  C extends AnyClass | readonly AnyClass[],
  Row extends object,
  const Key extends KeyOf,
  Sort extends SortValue = SortValue,
>(of: C, options: FoldOptions<EventsOf<C>, Row, Key, Sort>): FoldView<EventsOf<C>, Row, Key, Sort> {
  const classes: readonly AnyClass[] = Array.isArray(of) ? of : [of]
  if (classes.length === 0 || classes.some((one) => typeof one !== 'function')) {
    throw new Misuse(`fold takes a class, or a list of classes; got ${inspect(of)}`)
  }
  checkOptions('fold', options)
  const { initial, on, spread = 1 } = options
  if (!isPlainObject(initial)) {
    throw new Misuse(
      `fold needs the row before its first event as initial; got ${inspect(initial)}`,
    )
  }
  if (!isPlainObject(on) || !Object.values(on).some((add) => typeof add === 'function')) {
    throw new Misuse('fold needs a function for an event type in on: on: { ProductReserved: … }')
  }
  const wrong = Object.entries(initial).find(([, value]) => value !== 0)
  if (spread > 1 && wrong) {
    throw new Misuse(
      `With spread, the parts of a row are added up: each field of initial must be 0; ${wrong[0]} is ${inspect(wrong[1])}`,
    )
  }
  return { kind: 'fold', of: classes, ...options }
}

const MOST_SPREAD = 100

function checkOptions(kind: string, { version, by, spread = 1 }: ViewOptions & { by: unknown }) {
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new Misuse(`The version of a ${kind} must be a whole number from 1 on; got ${version}`)
  }
  if (typeof by !== 'function') {
    throw new Misuse(`${kind} needs a function by, which returns a key; got ${inspect(by)}`)
  }
  if (!Number.isSafeInteger(spread) || spread < 1 || spread > MOST_SPREAD) {
    throw new Misuse(`spread must be a whole number from 1 to ${MOST_SPREAD}; got ${spread}`)
  }
}

/** Whether a value is a view, made by `list` or `fold`. */
export function isView(value: unknown): value is AnyView {
  return isPlainObject(value) && (value.kind === 'list' || value.kind === 'fold')
}
