import { enumValue } from '../../lib/appsync/index.ts'
import type { Order } from '../../lib/ordering/index.ts'

/** An order as the API shows it. */
export function toOrder({ id, version, status, productId, quantity, reason }: Order) {
  return { id, version, status: enumValue(status), productId, quantity, reason: reason ?? null }
}
