import type {
  Aggregate,
  AggregateClass,
  AnyAggregate,
  MomentOptions,
  Page,
  PageOptions,
} from '../../event-sourcing/index.ts'
import type { FieldFunction, FieldRequest } from './field.ts'

/**
 * A resource without its commands: without `commit`, `apply` and every other method that returns a
 * promise. `events` reads, so it stays.
 */
export type ReadOnly<A extends AnyAggregate> = {
  readonly [K in keyof A as K extends CommandOf<A> ? never : K]: A[K]
}

type CommandOf<A> =
  | Exclude<
      { [K in keyof A]: A[K] extends (...args: never) => Promise<unknown> ? K : never }[keyof A],
      'events'
    >
  | 'apply'

/** Reads the resources of a class: the functions of the class itself. */
export interface Resources<A extends AnyAggregate> {
  /** @throws ResourceNotFound, InvalidId, InvalidArgument */
  findOne(id: string, options?: MomentOptions): Promise<ReadOnly<A>>
  /** @throws InvalidArgument */
  findAll(options?: PageOptions): Promise<Page<ReadOnly<A>>>
  all(): AsyncIterable<ReadOnly<A>>
}

/** A class of resources, with the functions that read them. */
type ReadableClass<A extends AnyAggregate> = AggregateClass<A> &
  Pick<typeof Aggregate, 'all' | 'findAll' | 'findOne'>

/**
 * Returns the function of a query field of your own. It gets the resources of a class, and can only
 * read them: a commit within a query throws.
 *
 *     parcelsByIds: query(Parcel, (parcels, { ids }) =>
 *       Promise.all(ids.map(async (id) => show(await parcels.findOne(id)))),
 *     ),
 *
 * @param run also gets the request, whose `appendError` adds an error to the answer
 */
export function query<A extends AnyAggregate, Result, Args>(
  resourceClass: ReadableClass<A>,
  run: (resources: Resources<A>, args: Args, request: FieldRequest) => Result | Promise<Result>,
): FieldFunction<Result, unknown, unknown, Args> {
  const resources: Resources<A> = {
    findOne: (id, options) => resourceClass.findOne<A>(id, options),
    findAll: (options) => resourceClass.findAll<A>(options),
    all: () => resourceClass.all<A>(),
  }
  return (args, request) => run(resources, args, request)
}
