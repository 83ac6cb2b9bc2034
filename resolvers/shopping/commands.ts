import { command } from '../../lib/appsync/index.ts'
import type { MutationResolvers } from '../../lib/generated/schema.ts'
import { Product } from '../../lib/shopping/index.ts'

export const commands = {
  restockProduct: command(Product, (product, { amount }, options) =>
    product.restock(amount, options),
  ),

  reserveProduct: command(Product, (product, { quantity }, options) =>
    product.reserve({ quantity, ...options }),
  ),
} satisfies MutationResolvers
