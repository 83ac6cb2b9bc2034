import { EventRejected } from '../event-sourcing/index.ts'

/** There is less left than is to be reserved. Data: `quantity`, `left`. */
export class SoldOut extends EventRejected {
  override readonly code = 'SoldOut'
}

/** Not a number of products that can be added. Data: `amount`. */
export class InvalidAmount extends EventRejected {
  override readonly code = 'InvalidAmount'
}

/** Not a number of products that can be reserved or released. Data: `quantity`. */
export class InvalidQuantity extends EventRejected {
  override readonly code = 'InvalidQuantity'
}

/** More is to be released than is reserved. Data: `quantity`, `reserved`. */
export class NotReserved extends EventRejected {
  override readonly code = 'NotReserved'
}
