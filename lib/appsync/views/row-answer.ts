import type { FoldRow } from '../../event-sourcing/views/index.ts'
import type { FieldRequest } from '../resolvers/field.ts'
import { shownItem } from './shown-item.ts'
import type { ViewField } from './view-field.ts'

/** The rows of a fold in their API form. */
export class RowAnswer {
  readonly #field: ViewField
  readonly #show: (item: object) => object

  constructor(field: ViewField) {
    this.#field = field
    this.#show = shownItem(field.item)
  }

  /**
   * Returns a row: its fields, and its key and sort value in fields that are named like the key
   * arguments and `sort`.
   * @throws InvalidState if a field does not have the type of the schema
   */
  row({ key, sort, row }: FoldRow): object {
    const parts = this.#field.keys.map(({ name }, index) => [name, key[index]])
    return this.#show({ ...Object.fromEntries(parts), ...(sort !== undefined && { sort }), ...row })
  }

  /** Returns the rows of a page. Adds an error for each row that cannot be shown. */
  page(rows: readonly FoldRow[], { appendError }: FieldRequest): object[] {
    return rows.flatMap((row) => {
      try {
        return [this.row(row)]
      } catch (error) {
        appendError([...row.key, row.sort].join(' '), error)
        return []
      }
    })
  }
}
