import type { Event } from '../event-sourcing/index.ts'

export interface ProductRestockedEvent extends Event {
  readonly type: 'ProductRestocked'
  readonly amount: number
}

export interface ProductReservedEvent extends Event {
  readonly type: 'ProductReserved'
  readonly quantity: number
  /** What it is for, in the words of whoever reserved it: an order's id. */
  readonly reference?: string
}

export interface ProductReleasedEvent extends Event {
  readonly type: 'ProductReleased'
  readonly quantity: number
  /** That of the reservation. */
  readonly reference?: string
}

export type ProductEvent = ProductRestockedEvent | ProductReservedEvent | ProductReleasedEvent
