import { EventRejected } from '../event-sourcing/index.ts'

/** The command reserves more products than are left. Data: `quantity`, `left`. */
export class SoldOut extends EventRejected {
  override readonly code = 'SoldOut'
}

/** The amount cannot be added to a product. Data: `amount`. */
export class InvalidAmount extends EventRejected {
  override readonly code = 'InvalidAmount'
}

/** The quantity cannot be reserved or released. Data: `quantity`. */
export class InvalidQuantity extends EventRejected {
  override readonly code = 'InvalidQuantity'
}

/** The command releases more products than are reserved. Data: `quantity`, `reserved`. */
export class NotReserved extends EventRejected {
  override readonly code = 'NotReserved'
}
