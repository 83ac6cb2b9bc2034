export { InvalidAmount, InvalidQuantity, NotReserved, SoldOut } from './errors.ts'
export type {
  ProductEvent,
  ProductReleasedEvent,
  ProductReservedEvent,
  ProductRestockedEvent,
} from './events.ts'
export { Product, type ProductResource, type Reservation } from './product.ts'
