import type { Event } from '../event-sourcing/index.ts'

export interface OrderPlacedEvent extends Event {
  readonly type: 'OrderPlaced'
  readonly productId: string
  readonly quantity: number
}

/** The ordered products are reserved. */
export interface OrderConfirmedEvent extends Event {
  readonly type: 'OrderConfirmed'
}

export interface OrderRejectedEvent extends Event {
  readonly type: 'OrderRejected'
  readonly reason: string
}

export interface OrderCancelledEvent extends Event {
  readonly type: 'OrderCancelled'
  readonly productId: string
  /** The number of products reserved for the order, which have to be released. */
  readonly reserved: number
}

export type OrderEvent =
  | OrderPlacedEvent
  | OrderConfirmedEvent
  | OrderRejectedEvent
  | OrderCancelledEvent
