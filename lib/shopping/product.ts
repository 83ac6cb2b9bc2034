import {
  Aggregate,
  type CommitOptions,
  type EventHandlers,
  type Resource,
  type Uncommitted,
  type Upcasters,
} from '../event-sourcing/index.ts'
import { InvalidAmount, InvalidQuantity, NotReserved, SoldOut } from './errors.ts'
import type {
  ProductEvent,
  ProductReleasedEvent,
  ProductReservedEvent,
  ProductRestockedEvent,
} from './events.ts'

export interface ProductResource extends Resource {
  readonly status: 'available' | 'sold-out'
  readonly quantity: number
}

export interface Reservation {
  /** The number of products. Default: 1. */
  readonly quantity?: number | undefined
  /** The purpose of the reservation, such as an order's id. */
  readonly reference?: string | undefined
}

/** The maximum of a GraphQL Int. */
const LARGEST_QUANTITY = 2 ** 31 - 1

export class Product
  extends Aggregate<ProductEvent>
  implements ProductResource, EventHandlers<ProductEvent>
{
  static override readonly upcasters: Upcasters<ProductEvent> = {
    // Old events have no quantity, because a reservation was always for one product.
    ProductReserved: ({ quantity = 1, reference }) => ({
      type: 'ProductReserved',
      quantity: Number(quantity),
      ...(reference !== undefined && { reference: String(reference) }),
    }),
  }

  status: ProductResource['status'] = 'sold-out'
  quantity = 0
  /** The number of products that are reserved and not released. */
  reserved = 0

  restock(amount: number, options?: CommitOptions) {
    return this.commit(({ quantity, reserved }) => {
      if (!Number.isSafeInteger(amount) || amount < 1) {
        throw new InvalidAmount(`The amount must be a positive whole number; got ${amount}`, {
          amount,
        })
      }
      // Reserved products may be released again.
      if (quantity + reserved + amount > LARGEST_QUANTITY) {
        const data = { amount, quantity, reserved }
        throw new InvalidAmount(`A product holds at most ${LARGEST_QUANTITY}`, data)
      }
      return { type: 'ProductRestocked', amount }
    }, options)
  }

  reserve({ quantity, reference, ...options }: Reservation & CommitOptions = {}) {
    return this.commit((product) => product.reserving({ quantity, reference }), options)
  }

  release({ quantity, reference, ...options }: Reservation & CommitOptions = {}) {
    return this.commit((product) => product.releasing({ quantity, reference }), options)
  }

  /**
   * Returns the event of a reservation, to commit together with other events.
   * @throws SoldOut, InvalidQuantity
   */
  reserving({ quantity = 1, reference }: Reservation): Uncommitted<ProductReservedEvent> {
    checkQuantity(quantity)
    const left = this.quantity
    if (quantity > left) {
      const why = left > 0 ? `Only ${left} of the product are left` : 'The product is sold out'
      throw new SoldOut(why, { quantity, left })
    }
    return { type: 'ProductReserved', quantity, ...(reference !== undefined && { reference }) }
  }

  /**
   * Returns the event of a release, to commit together with other events.
   * @throws NotReserved, InvalidQuantity
   */
  releasing({ quantity = 1, reference }: Reservation): Uncommitted<ProductReleasedEvent> {
    checkQuantity(quantity)
    const { reserved } = this
    if (quantity > reserved) {
      throw new NotReserved(`Only ${reserved} are reserved`, { quantity, reserved })
    }
    return { type: 'ProductReleased', quantity, ...(reference !== undefined && { reference }) }
  }

  onProductRestocked({ amount }: ProductRestockedEvent) {
    this.quantity += amount
    this.status = 'available'
  }

  // An event committed by hand, as in the examples of the first version, has no quantity.
  onProductReserved({ quantity = 1 }: ProductReservedEvent) {
    this.quantity -= quantity
    this.reserved += quantity
    this.status = this.quantity > 0 ? 'available' : 'sold-out'
  }

  onProductReleased({ quantity }: ProductReleasedEvent) {
    this.quantity += quantity
    this.reserved -= quantity
    this.status = 'available'
  }
}

function checkQuantity(quantity: number): void {
  if (Number.isSafeInteger(quantity) && quantity > 0) return
  throw new InvalidQuantity(`The quantity must be a positive whole number; got ${quantity}`, {
    quantity,
  })
}
