import { EventRejected } from '../event-sourcing/index.ts'

/** The quantity cannot be ordered. Data: `quantity`. */
export class InvalidOrderQuantity extends EventRejected {
  override readonly code = 'InvalidOrderQuantity'
}

/** The order already exists. */
export class OrderExists extends EventRejected {
  override readonly code = 'OrderExists'
}

/** The order was rejected or cancelled. Data: `status`. */
export class OrderNotOpen extends EventRejected {
  override readonly code = 'OrderNotOpen'
}
