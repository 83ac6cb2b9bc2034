import { EventRejected } from '../event-sourcing/index.ts'

/** Not a number of products that can be ordered. Data: `quantity`. */
export class InvalidOrderQuantity extends EventRejected {
  override readonly code = 'InvalidOrderQuantity'
}

/** The order is there already. */
export class OrderExists extends EventRejected {
  override readonly code = 'OrderExists'
}

/** The order was rejected or cancelled. Data: `status`. */
export class OrderNotOpen extends EventRejected {
  override readonly code = 'OrderNotOpen'
}
