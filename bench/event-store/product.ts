import {
  Aggregate,
  type Event,
  type EventHandlers,
  type Upcasters,
} from '../../lib/event-sourcing/index.ts'

interface ProductRestockedEvent extends Event {
  readonly type: 'ProductRestocked'
  readonly amount: number
}

interface ProductReservedEvent extends Event {
  readonly type: 'ProductReserved'
  readonly quantity: number
}

type ProductEvent = ProductRestockedEvent | ProductReservedEvent

/** The resource that all peers implement, as a domain of this framework. */
export class Product extends Aggregate<ProductEvent> implements EventHandlers<ProductEvent> {
  static override readonly upcasters: Upcasters<ProductEvent> = {
    ProductReserved: ({ quantity = 1 }) => ({
      type: 'ProductReserved',
      quantity: Number(quantity),
    }),
  }

  status: 'available' | 'sold-out' = 'sold-out'
  quantity = 0

  restock(amount: number) {
    return this.commit(() => {
      if (!Number.isSafeInteger(amount) || amount < 1) throw new Error('Not a positive number')
      return { type: 'ProductRestocked', amount }
    })
  }

  onProductRestocked({ amount }: ProductRestockedEvent) {
    this.quantity += amount
    this.status = 'available'
  }

  onProductReserved({ quantity }: ProductReservedEvent) {
    this.quantity -= quantity
    this.status = this.quantity > 0 ? 'available' : 'sold-out'
  }
}
