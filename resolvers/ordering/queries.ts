import { eventPage, limited, momentOptions, orNull, uuid } from '../../lib/appsync/index.ts'
import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import type { QueryResolvers } from '../../lib/generated/schema.ts'
import { Order } from '../../lib/ordering/index.ts'
import { toOrder } from './order.ts'

bind(Order, dynamoDBEventStore({ tableName: process.env.ORDER_TABLE }))

export const queries = {
  async order({ id, ...moment }) {
    const order = await orNull(Order.findOne(uuid(id), momentOptions(moment)))
    return order && toOrder(order)
  },

  async orders({ limit, nextToken }) {
    const page = await Order.findAll({
      limit: limited(limit, 20, 100),
      nextToken: nextToken ?? undefined,
    })
    return { ...page, items: page.items.map(toOrder) }
  },

  async orderEvents({ id, after, limit }) {
    const range = { after: after ?? 0, limit: limited(limit, 100, 1000) }
    return eventPage(new Order(uuid(id)), range)
  },
} satisfies QueryResolvers
