import { command } from '../../lib/appsync/index.ts'
import type { MutationResolvers } from '../../lib/generated/schema.ts'
import { Order } from '../../lib/ordering/index.ts'

export const commands = {
  placeOrder: command(Order, (order, { productId, quantity }, options) =>
    order.place(productId, quantity, options),
  ),

  cancelOrder: command(Order, (order, _, options) => order.cancel(options)),
} satisfies MutationResolvers
