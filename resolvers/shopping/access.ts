import { everyone, group, iam, or, users } from '../../lib/appsync/index.ts'
import type { Access } from '../../lib/generated/access.ts'

/** Everybody sees the products. Staff restock them, and users reserve them. Operators (IAM) do both. */
export const access = {
  product: everyone,
  products: everyone,
  productEvents: everyone,
  productsByStatus: everyone,
  reservedByDay: everyone,
  onProductEvent: everyone,
  restockProduct: or(group('staff'), iam),
  reserveProduct: or(users, iam),
} satisfies Access['shopping']
