import type { Event } from '../event-sourcing/index.ts'

export interface ProductRestockedEvent extends Event {
  readonly type: 'ProductRestocked'
  readonly amount: number
}

export interface ProductReservedEvent extends Event {
  readonly type: 'ProductReserved'
  readonly quantity: number
  /** The purpose of the reservation, chosen by the caller, such as an order's id. */
  readonly reference?: string
}

export interface ProductReleasedEvent extends Event {
  readonly type: 'ProductReleased'
  readonly quantity: number
  /** The reference of the reservation. */
  readonly reference?: string
}

export type ProductEvent = ProductRestockedEvent | ProductReservedEvent | ProductReleasedEvent
