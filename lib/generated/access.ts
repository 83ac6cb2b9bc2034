// The rules that an access.ts of each domain needs, one for each field. Generated.
import type { OwnerlessRule, Rule } from '../appsync/index.ts'
import type { Order } from '../ordering/index.ts'
import type { Product } from '../shopping/index.ts'
import type * as api from './schema.ts'

/** The rules of a domain: `export const access = { … } satisfies Access['shopping']`. */
export interface Access {
  readonly ordering: {
    readonly order: Rule<Order, api.QueryorderArgs>
    readonly orders: Rule<undefined, api.QueryordersArgs>
    readonly orderEvents: Rule<Order, api.QueryorderEventsArgs>
    readonly ordersOfOwner: Rule<undefined, api.QueryordersOfOwnerArgs>
    readonly placeOrder: OwnerlessRule<api.PlaceOrderInput>
    readonly cancelOrder: Rule<Order, api.CancelOrderInput>
    readonly onOrderEvent: Rule<Order | undefined, api.SubscriptiononOrderEventArgs>
  }
  readonly shopping: {
    readonly product: Rule<Product, api.QueryproductArgs>
    readonly products: Rule<undefined, api.QueryproductsArgs>
    readonly productEvents: Rule<Product, api.QueryproductEventsArgs>
    readonly productsByStatus: OwnerlessRule<api.QueryproductsByStatusArgs>
    readonly reservedByDay: OwnerlessRule<api.QueryreservedByDayArgs>
    readonly restockProduct: Rule<Product | undefined, api.RestockProductInput>
    readonly reserveProduct: Rule<Product, api.ReserveProductInput>
    readonly onProductEvent: Rule<Product | undefined, api.SubscriptiononProductEventArgs>
  }
}
