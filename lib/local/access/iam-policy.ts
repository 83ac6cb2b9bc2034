import { isList, isObject, type Json, type JsonObject } from '../json.ts'

/** A statement of an identity's policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
interface Statement {
  readonly effect: 'Allow' | 'Deny'
  covers(action: string, resource: string): boolean
}

/**
 * An identity's policies. Forbids any action that no statement allows, or that a statement denies.
 */
export class IamPolicy {
  readonly #statements: readonly Statement[]

  /**
   * @param documents the policy documents, with references resolved
   * @throws Error for a statement about AppSync with a Condition
   */
  constructor(documents: readonly Json[]) {
    this.#statements = documents.flatMap((document) => {
      const statements = isObject(document) ? document.Statement : undefined
      return listOf(statements)
        .filter((value) => isObject(value))
        .map(statementOf)
    })
  }

  allows(action: string, resource: string): boolean {
    const covering = this.#statements.filter((statement) => statement.covers(action, resource))
    return covering.length > 0 && covering.every(({ effect }) => effect === 'Allow')
  }
}

/** The only service whose permissions the local run checks. */
const ENFORCED = 'appsync:'

function statementOf(statement: JsonObject): Statement {
  const actions = patternsOf(statement, 'Action', 'NotAction', 'i')
  const resources = patternsOf(statement, 'Resource', 'NotResource')
  if (statement.Condition !== undefined && JSON.stringify(statement).includes(ENFORCED))
    throw new Error(
      'a statement about AppSync has a Condition, which is not supported locally: remove it',
    )
  return {
    effect: statement.Effect === 'Allow' ? 'Allow' : 'Deny',
    covers: (action, resource) => actions(action) && resources(resource),
  }
}

/**
 * Returns a test of whether a statement includes a value, by its list of names or its list of
 * exceptions.
 */
function patternsOf(statement: JsonObject, name: string, except: string, flags = '') {
  const excluded = statement[except] !== undefined
  const patterns = listOf(statement[excluded ? except : name]).map((pattern) =>
    wildcards(`${pattern}`, flags),
  )
  return (value: string) => patterns.some((pattern) => pattern.test(value)) !== excluded
}

/** Compiles a pattern: `*` matches any characters, `?` matches any single character. */
function wildcards(pattern: string, flags: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, `s${flags}`)
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined) return []
  return isList(value) ? value : [value]
}
