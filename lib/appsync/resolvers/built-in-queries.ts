import { uuid } from '../../event-sourcing/index.ts'
import type { ResourceClass } from '../resource-class.ts'
import type { ShowCheck } from '../schema-check/commit-check.ts'
import { limited, momentOptions, type Nullable, orNull } from './arguments.ts'
import { eventPage } from './event-page.ts'
import type { FieldRequest, Fields } from './field.ts'
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

/**
 * Returns the functions of a resource's built-in query fields. A list survives resources that cannot
 * be derived or shown: it has an error for each, with the id.
 */
export function builtInQueries(
  resourceClass: ResourceClass,
  names: BuiltInQueries,
  checkShown: ShowCheck,
): Fields {
  const { one, all, events } = names
  return {
    ...(one && {
      async [one]({ id, ...moment }: ById) {
        const resource = await orNull(resourceClass.findOne(uuid(id), momentOptions(moment)))
        return resource && show(resource)
      },
    }),
    ...(all && {
      async [all]({ limit, nextToken }: Paged, { appendError, onlyOwner }: FieldRequest) {
        const {
          items,
          failures = [],
          ...page
        } = await resourceClass.findAll({
          limit: limited(limit, 20, 100),
          nextToken: nextToken ?? undefined,
          owner: onlyOwner,
          onError: 'skip',
        })
        for (const { id, error } of failures) appendError(id, error)
        const shown = items.flatMap((resource) => {
          try {
            checkShown(resource)
            return [show(resource)]
          } catch (error) {
            appendError(resource.id, error)
            return []
          }
        })
        return { ...page, items: shown }
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
