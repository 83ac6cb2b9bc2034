import { EventRejected } from '../event-sourcing/index.ts'

/** There is nothing left to reserve. */
export class SoldOut extends EventRejected {
  override readonly code = 'SoldOut'
}

/** Not a number of products that can be added. Data: `amount`. */
export class InvalidAmount extends EventRejected {
  override readonly code = 'InvalidAmount'
}
