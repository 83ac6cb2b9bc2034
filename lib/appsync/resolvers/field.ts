import { Misuse } from '../../event-sourcing/index.ts'
import type { Caller } from '../access/caller.ts'
import type { Permission } from '../access/guard.ts'

/** Data of the request that a field function may need, besides the arguments. */
export interface FieldRequest {
  /** The name of the resolved field of Query or Mutation. */
  readonly fieldName: string
  /**
   * The caller.
   * @throws TypeError in a call that no resolver script made, such as one by hand
   */
  readonly caller: Caller
  /**
   * The id of the user whose resources alone the caller may see, by the rule `owner`. Undefined: the
   * caller may see all.
   */
  readonly onlyOwner: string | undefined
  /**
   * Adds an error to the field's answer, which keeps its data. For a list that lacks a resource: the
   * client gets the id, the error's code and data. The log has the error with its cause.
   */
  appendError(id: string, error: unknown): void
}

/**
 * Resolves a field of Query or Mutation from the field's arguments. The types generated from the
 * schema use this type.
 */
export type FieldFunction<Result, _Parent = unknown, _Context = unknown, Arguments = unknown> = (
  args: Arguments,
  request: FieldRequest,
) => Result | Promise<Result>

/** The functions of a Lambda function, by the names of their fields. */
export type Fields = Readonly<Record<string, FieldFunction<unknown, unknown, unknown, never>>>

/**
 * Returns the single object of functions that a resolver file exports, under any name.
 * @throws TypeError that explains the required export
 */
export function fieldsOf(file: Readonly<Record<string, unknown>>): Fields {
  const [fields, ...others] = Object.values(file)
  if (others.length === 0 && isFields(fields)) return fields
  throw new Misuse(
    `A resolver file must export one object with a function for each field, and nothing else: export const queries = { … }; it exports ${exportsOf(file)}`,
  )
}

/** Returns the names of a file's exports, for error messages. */
export function exportsOf(file: object): string {
  return Object.keys(file).join(', ') || 'nothing'
}

function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every((field) => typeof field === 'function')
}

interface RequestParts extends Pick<FieldRequest, 'fieldName' | 'appendError'> {
  readonly caller: Caller | undefined
  readonly permission: Permission
}

export function fieldRequest({ caller, permission, ...parts }: RequestParts): FieldRequest {
  return {
    ...parts,
    onlyOwner: permission.owner,
    get caller() {
      if (caller) return caller
      throw new Misuse(`The call of ${parts.fieldName} has no caller: it was made by hand`)
    },
  }
}
