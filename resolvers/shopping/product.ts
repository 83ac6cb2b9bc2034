import { enumValue } from '../../lib/appsync/index.ts'
import type { Product } from '../../lib/shopping/index.ts'

/** A product as the API shows it. */
export function toProduct({ id, version, status, quantity }: Product) {
  return { id, version, status: enumValue(status), quantity }
}
