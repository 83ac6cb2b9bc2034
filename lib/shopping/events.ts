import type { Event } from '../event-sourcing/index.ts'

export interface ProductRestockedEvent extends Event {
  readonly type: 'ProductRestocked'
  readonly amount: number
}

export interface ProductReservedEvent extends Event {
  readonly type: 'ProductReserved'
}

export type ProductEvent = ProductRestockedEvent | ProductReservedEvent
