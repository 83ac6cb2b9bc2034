import { shownValue } from '../resolvers/presentation.ts'
import { showCheck } from '../schema-check/commit-check.ts'
import type { ViewItem } from './view-field.ts'

/**
 * Returns a function that puts what a view keeps into its API form. The function throws
 * InvalidState for a value that does not have the type of the schema.
 */
export function shownItem(item: ViewItem): (kept: object) => object {
  const check = showCheck(item.name, item, item.types)
  return (kept) => {
    check(kept)
    return Object.fromEntries(item.fields.map((field) => [field, shownValue(item, kept, field)]))
  }
}
