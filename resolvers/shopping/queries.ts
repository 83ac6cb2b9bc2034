import { eventPage, limited, momentOptions, orNull, uuid } from '../../lib/appsync/index.ts'
import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import type { QueryResolvers } from '../../lib/generated/schema.ts'
import { Product } from '../../lib/shopping/index.ts'
import { toProduct } from './product.ts'

bind(Product, dynamoDBEventStore({ tableName: process.env.PRODUCT_TABLE }))

export const queries = {
  async product({ id, ...moment }) {
    const product = await orNull(Product.findOne(uuid(id), momentOptions(moment)))
    return product && toProduct(product)
  },

  async products({ limit, nextToken }) {
    const page = await Product.findAll({
      limit: limited(limit, 20, 100),
      nextToken: nextToken ?? undefined,
    })
    return { ...page, items: page.items.map(toProduct) }
  },

  async productEvents({ id, after, limit }) {
    const range = { after: after ?? 0, limit: limited(limit, 100, 1000) }
    return eventPage(new Product(uuid(id)), range)
  },
} satisfies QueryResolvers
