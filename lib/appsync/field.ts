/**
 * Resolves a field of Query or Mutation: a function of the field's arguments. The generated types
 * of the schema are written in terms of it.
 */
export type FieldFunction<Result, _Parent = unknown, _Context = unknown, Arguments = unknown> = (
  args: Arguments,
) => Result | Promise<Result>

/** What a function's file exports: a function for each field that it resolves. */
export type Fields = Readonly<Record<string, FieldFunction<unknown, unknown, unknown, never>>>
