import { owner, users } from '../../lib/appsync/index.ts'
import type { Access } from '../../lib/generated/access.ts'

/** Users place orders. They see and cancel only their own. */
export const access = {
  order: owner,
  orders: owner,
  orderEvents: owner,
  onOrderEvent: owner,
  placeOrder: users,
  cancelOrder: owner,
} satisfies Access['ordering']
