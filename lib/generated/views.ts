// The views that a views.ts of each domain needs, one for each @view field. Generated.
import type { FoldFor, ListFor } from '../appsync/index.ts'
import type { SortValue } from '../event-sourcing/views/index.ts'
import type { Order } from '../ordering/index.ts'
import type { Product } from '../shopping/index.ts'
import type * as api from './schema.ts'

/** The views of a domain: `export const views = { … } satisfies Views['shopping']`. */
export interface Views {
  readonly ordering: {
    readonly ordersOfOwner: ListFor<Order, [owner: string], string, api.Order>
  }
  readonly shopping: {
    readonly productsByStatus: ListFor<Product, [status: api.ProductStatus], SortValue, api.Product>
    readonly reservedByDay: FoldFor<[day: string], SortValue, api.ReservedByDay>
  }
}
