// Compiles only if the classes of the domains have all fields of the schema. Generated.
import type { AttributesOf, Fits, MissingAttributes, NoneMissing, Shown } from '../appsync/index.ts'
import type { EventOf } from '../event-sourcing/index.ts'
import type { Order } from '../ordering/index.ts'
import type { Product } from '../shopping/index.ts'
import type * as api from './schema.ts'

/** The class Order has all fields of the type Order. */
export type ShowsOrder = Fits<Shown<Order>, api.Order>
/** The type OrderEvent has all attributes of the events of Order. */
export type FeedsOrder = [
  NoneMissing<
    MissingAttributes<EventOf<Order>, api.OrderEvent, 'OrderEvent in resolvers/ordering/schema.graphql'>
  >,
  Fits<AttributesOf<EventOf<Order>>, Partial<api.OrderEvent>>,
]

/** The class Product has all fields of the type Product. */
export type ShowsProduct = Fits<Shown<Product>, api.Product>
/** The type ProductEvent has all attributes of the events of Product. */
export type FeedsProduct = [
  NoneMissing<
    MissingAttributes<EventOf<Product>, api.ProductEvent, 'ProductEvent in resolvers/shopping/schema.graphql'>
  >,
  Fits<AttributesOf<EventOf<Product>>, Partial<api.ProductEvent>>,
]
