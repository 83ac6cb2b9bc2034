import { everyone, group, users } from '../../lib/appsync/index.ts'
import type { Access } from '../../lib/generated/access.ts'

/** Everybody sees the products. Staff restock them, and users reserve them. */
export const access = {
  product: everyone,
  products: everyone,
  productEvents: everyone,
  onProductEvent: everyone,
  restockProduct: group('staff'),
  reserveProduct: users,
} satisfies Access['shopping']
