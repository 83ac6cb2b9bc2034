import {
  type Aggregate,
  type AggregateClass,
  type AnyAggregate,
  uuid,
} from '../../event-sourcing/index.ts'
import { limited, momentOptions, type Nullable, orNull } from './arguments.ts'
import { eventPage } from './event-page.ts'
import type { Fields } from './field.ts'
import { show } from './presentation.ts'

/** The names of a resource's built-in query fields. Absent: the schema has no such field. */
export interface BuiltInQueries {
  /** `product(id, version, at)` */
  readonly one?: string
  /** `products(limit, nextToken)` */
  readonly all?: string
  /** `productEvents(id, after, limit)` */
  readonly events?: string
}

interface ById {
  readonly id: string
  readonly version?: Nullable<number>
  readonly at?: Nullable<string>
}

interface Paged {
  readonly limit?: Nullable<number>
  readonly nextToken?: Nullable<string>
}

interface Numbered {
  readonly id: string
  readonly after?: Nullable<number>
  readonly limit?: Nullable<number>
}

/** A class of resources that queries can read. */
export type ResourceClass = AggregateClass<AnyAggregate> &
  Pick<typeof Aggregate, 'findAll' | 'findOne'>

/** Returns the functions of a resource's built-in query fields. */
export function builtInQueries(resourceClass: ResourceClass, names: BuiltInQueries): Fields {
  const { one, all, events } = names
  return {
    ...(one && {
      async [one]({ id, ...moment }: ById) {
        const resource = await orNull(resourceClass.findOne(uuid(id), momentOptions(moment)))
        return resource && show(resource)
      },
    }),
    ...(all && {
      async [all]({ limit, nextToken }: Paged) {
        const page = await resourceClass.findAll({
          limit: limited(limit, 20, 100),
          nextToken: nextToken ?? undefined,
        })
        return { ...page, items: page.items.map((resource) => show(resource)) }
      },
    }),
    ...(events && {
      [events]({ id, after, limit }: Numbered) {
        const range = { after: after ?? 0, limit: limited(limit, 100, 1000) }
        return eventPage(new resourceClass(uuid(id)), range)
      },
    }),
  }
}
