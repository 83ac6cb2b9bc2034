import { commitOptions, resourceId, uuid } from '../../lib/appsync/index.ts'
import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import type { MutationResolvers } from '../../lib/generated/schema.ts'
import { Order } from '../../lib/ordering/index.ts'
import { toOrder } from './order.ts'

bind(Order, dynamoDBEventStore({ tableName: process.env.ORDER_TABLE }))

export const commands = {
  async placeOrder({ input }) {
    const order = new Order(resourceId(input))
    await order.place(uuid(input.productId), input.quantity, commitOptions(input))
    return toOrder(order)
  },

  async cancelOrder({ input }) {
    const order = new Order(resourceId(input))
    await order.cancel(commitOptions(input))
    return toOrder(order)
  },
} satisfies MutationResolvers
