import {
  Aggregate,
  type CommitOptions,
  type EventHandlers,
  type Resource,
  type Uncommitted,
  uuid,
} from '../event-sourcing/index.ts'
import { InvalidOrderQuantity, OrderExists, OrderNotOpen } from './errors.ts'
import type {
  OrderCancelledEvent,
  OrderConfirmedEvent,
  OrderEvent,
  OrderPlacedEvent,
  OrderRejectedEvent,
} from './events.ts'

export interface OrderResource extends Resource {
  readonly status: 'placed' | 'confirmed' | 'rejected' | 'cancelled'
  readonly productId: string
  readonly quantity: number
  /** The reason for the rejection. */
  readonly reason?: string
}

export class Order
  extends Aggregate<OrderEvent>
  implements OrderResource, EventHandlers<OrderEvent>
{
  status: OrderResource['status'] = 'placed'
  productId = ''
  quantity = 0
  reason?: string

  /** @throws InvalidId unless `productId` is a UUID, InvalidOrderQuantity, OrderExists */
  async place(productId: string, quantity: number, options?: CommitOptions) {
    const ordered = { productId: uuid(productId), quantity }
    return this.commit(({ version }) => {
      if (version > 0) throw new OrderExists('The order is placed already')
      if (!Number.isSafeInteger(quantity) || quantity < 1) {
        throw new InvalidOrderQuantity(
          `The quantity must be a positive whole number; got ${quantity}`,
          { quantity },
        )
      }
      return { type: 'OrderPlaced', ...ordered }
    }, options)
  }

  /** @throws OrderNotOpen; ResourceNotFound if the order was never placed */
  cancel(options?: CommitOptions) {
    return this.commit(
      ({ status, productId, quantity }) => {
        if (status !== 'placed' && status !== 'confirmed') {
          throw new OrderNotOpen(`The order is ${status}`, { status })
        }
        const reserved = status === 'confirmed' ? quantity : 0
        return { type: 'OrderCancelled', productId, reserved }
      },
      { ...options, creates: false },
    )
  }

  /** Rejects an order that is still pending after a day. Otherwise, commits nothing. */
  expire(options?: CommitOptions) {
    return this.commit(
      (order) => (order.isPending ? order.rejecting('Not fulfilled within a day') : undefined),
      { ...options, creates: false },
    )
  }

  /** Whether the order is neither confirmed nor rejected yet. */
  get isPending(): boolean {
    return this.version > 0 && this.status === 'placed'
  }

  /** Returns the event of a confirmation, to commit together with the reservation. */
  confirming(): Uncommitted<OrderConfirmedEvent> {
    return { type: 'OrderConfirmed' }
  }

  rejecting(reason: string): Uncommitted<OrderRejectedEvent> {
    return { type: 'OrderRejected', reason }
  }

  onOrderPlaced({ productId, quantity }: OrderPlacedEvent) {
    this.status = 'placed'
    this.productId = productId
    this.quantity = quantity
  }

  onOrderConfirmed() {
    this.status = 'confirmed'
  }

  onOrderRejected({ reason }: OrderRejectedEvent) {
    this.status = 'rejected'
    this.reason = reason
  }

  onOrderCancelled(_: OrderCancelledEvent) {
    this.status = 'cancelled'
  }
}
