import { iam, or, owner, users } from '../../lib/appsync/index.ts'
import type { Access } from '../../lib/generated/access.ts'

/** Users place orders. They see and cancel only their own. Operators (IAM) see and cancel all. */
export const access = {
  order: or(owner, iam),
  orders: or(owner, iam),
  orderEvents: or(owner, iam),
  ordersOfOwner: or(owner, iam),
  onOrderEvent: or(owner, iam),
  placeOrder: or(users, iam),
  cancelOrder: or(owner, iam),
} satisfies Access['ordering']
