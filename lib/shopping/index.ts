export { InvalidAmount, SoldOut } from './errors.ts'
export type { ProductEvent, ProductReservedEvent, ProductRestockedEvent } from './events.ts'
export { Product, type ProductResource } from './product.ts'
