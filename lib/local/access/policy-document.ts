import { isList, isObject, type Json, type JsonObject } from '../json.ts'

/** A policy of a role, or of a resource. */
export interface NamedPolicy {
  /** The name for error messages. */
  readonly name: string
  readonly document: Json
}

/** Returns the statements of a policy document. A document may have one statement without a list. */
export function statementsOf(document: Json): JsonObject[] {
  const statements = isObject(document) ? document.Statement : undefined
  return listOf(statements).filter((statement) => isObject(statement))
}

/** Returns the condition keys that a statement tests. */
export function conditionKeysOf(statement: JsonObject): string[] {
  const { Condition } = statement
  return isObject(Condition)
    ? Object.values(Condition).flatMap((tests) => (isObject(tests) ? Object.keys(tests) : []))
    : []
}

/** Whether a statement may concern an action of one of the services. */
export function concerns(statement: JsonObject, services: readonly string[]): boolean {
  const actions = listOf(statement.Action).map((action) => `${action}`.toLowerCase())
  return (
    statement.NotAction !== undefined ||
    actions.some((action) => {
      const [service = ''] = action.split(':')
      return service.includes('*') || services.includes(service)
    })
  )
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined) return []
  return isList(value) ? value : [value]
}
