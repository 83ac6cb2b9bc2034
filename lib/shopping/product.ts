import {
  Aggregate,
  type CommitOptions,
  type EventHandlers,
  type Resource,
} from '../event-sourcing/index.ts'
import { InvalidAmount, SoldOut } from './errors.ts'
import type { ProductEvent, ProductRestockedEvent } from './events.ts'

export interface ProductResource extends Resource {
  readonly status: 'available' | 'sold-out'
  readonly quantity: number
}

/** A GraphQL Int ends here. */
const LARGEST_QUANTITY = 2 ** 31 - 1

export class Product
  extends Aggregate<ProductEvent>
  implements ProductResource, EventHandlers<ProductEvent>
{
  status: ProductResource['status'] = 'sold-out'
  quantity = 0

  restock(amount: number, options?: CommitOptions) {
    return this.commit(({ quantity }) => {
      if (!Number.isSafeInteger(amount) || amount < 1) {
        throw new InvalidAmount('The amount is a positive whole number', { amount })
      }
      if (quantity + amount > LARGEST_QUANTITY) {
        throw new InvalidAmount(`A product holds at most ${LARGEST_QUANTITY}`, { amount, quantity })
      }
      return { type: 'ProductRestocked', amount }
    }, options)
  }

  reserve(options?: CommitOptions) {
    return this.commit(({ status }) => {
      if (status === 'sold-out') throw new SoldOut('The product is sold out')
      return { type: 'ProductReserved' }
    }, options)
  }

  onProductRestocked({ amount }: ProductRestockedEvent) {
    this.quantity += amount
    this.status = 'available'
  }

  onProductReserved() {
    this.quantity -= 1
    this.status = this.quantity > 0 ? 'available' : 'sold-out'
  }
}
