/** What a field function may need to know of the request beside the arguments. */
export interface FieldRequest {
  /** The field of Query or Mutation that is resolved. */
  readonly fieldName: string
}

/**
 * Resolves a field of Query or Mutation: a function of the field's arguments. The generated types
 * of the schema are written in terms of it.
 */
export type FieldFunction<Result, _Parent = unknown, _Context = unknown, Arguments = unknown> = (
  args: Arguments,
  request: FieldRequest,
) => Result | Promise<Result>

/** The functions of a Lambda function, by the fields that they resolve. */
export type Fields = Readonly<Record<string, FieldFunction<unknown, unknown, unknown, never>>>

/**
 * Returns the one object of functions that a resolver file exports, under any name.
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
