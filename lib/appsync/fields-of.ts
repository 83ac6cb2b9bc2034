import type { Fields } from './field.ts'

/**
 * The one object of functions that a resolver file exports, under whatever name.
 * @throws TypeError that says what the file has to export
 */
export function fieldsOf(file: Readonly<Record<string, unknown>>): Fields {
  const [fields, ...others] = Object.values(file)
  if (others.length === 0 && isFields(fields)) return fields
  throw new TypeError(
    'A resolver file exports one object, of a function for each field: export const queries = { … }',
  )
}

function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every((field) => typeof field === 'function')
}
