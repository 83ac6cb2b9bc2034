import { commitOptions, resourceId } from '../../lib/appsync/index.ts'
import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import type { MutationResolvers } from '../../lib/generated/schema.ts'
import { Product } from '../../lib/shopping/index.ts'
import { toProduct } from './product.ts'

bind(Product, dynamoDBEventStore({ tableName: process.env.PRODUCT_TABLE }))

export const commands = {
  async restockProduct({ input }) {
    const product = new Product(resourceId(input))
    await product.restock(input.amount, commitOptions(input))
    return toProduct(product)
  },

  async reserveProduct({ input }) {
    const product = new Product(resourceId(input))
    await product.reserve({ quantity: input.quantity ?? 1, ...commitOptions(input) })
    return toProduct(product)
  },
} satisfies MutationResolvers
