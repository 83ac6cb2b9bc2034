import {
  type ASTNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  type ValidationContext,
  type ValidationRule,
  validate,
  visit,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { badRequest } from '../http/request-error.ts'
import { checkNesting, expansionError, PARSE_LIMITS } from './document-limits.ts'
import { documentRules, type NamedRule } from './document-rules.ts'
import { type AppSyncError, locationsOf } from './error-format.ts'
import { Refusal } from './refusal.ts'

export interface Operation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
}

/** A document that has been checked against the schema. */
type Checked = { readonly document: DocumentNode } | { readonly errors: readonly AppSyncError[] }

/** The cache limits: the number of checked documents, and their characters in total. */
const KEPT_DOCUMENTS = 1000
const KEPT_CHARACTERS = 4_000_000

/**
 * The documents that clients send to one API. Clients send the same few documents again and again,
 * and validation takes longer than execution. The cache therefore keeps the checked documents that
 * were used last, so each is parsed and validated once.
 */
export class Documents {
  readonly #schema: GraphQLSchema
  readonly #rules: readonly NamedRule[]
  readonly #checked = new LRUCache<string, Checked>({
    max: KEPT_DOCUMENTS,
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: (_, query) => query.length,
  })

  /** @param introspection whether documents may query the schema */
  constructor(schema: GraphQLSchema, introspection: boolean) {
    this.#schema = schema
    this.#rules = documentRules(introspection)
  }

  /**
   * Returns the operation to execute, from a valid document.
   * @throws Refusal if the document is invalid
   * @throws RequestError 400 if the operation is ambiguous
   */
  operation(query: string, operationName: string | undefined): Operation {
    const checked = this.#check(query)
    if ('errors' in checked) throw new Refusal(checked.errors)
    const { document } = checked
    const operations = document.definitions.filter(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION,
    )
    if (!operationName && operations.length > 1) throw badRequest('Missing operation name.')
    const operation = operationName
      ? operations.find(({ name }) => name?.value === operationName)
      : operations[0]
    if (!operation) throw badRequest(`Unknown operation named '${operationName ?? ''}'.`)
    return { document, operation }
  }

  #check(query: string): Checked {
    const known = this.#checked.get(query)
    if (known) return known
    const checked = check(this.#schema, this.#rules, query)
    this.#checked.set(query, checked)
    return checked
  }
}

function check(schema: GraphQLSchema, rules: readonly NamedRule[], query: string): Checked {
  let document: DocumentNode
  try {
    checkNesting(query)
    document = parse(query, PARSE_LIMITS)
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    return { errors: [validationError(undefined, 'InvalidSyntax', error)] }
  }
  const errors = validationErrors(schema, rules, document)
  if (errors.length > 0) return { errors }
  const error = expansionError(document)
  return error ? { errors: [validationError(document, 'MaximumSize', error)] } : { document }
}

/** Returns the errors of a document, rule by rule. Reads the document once for all rules. */
function validationErrors(
  schema: GraphQLSchema,
  rules: readonly NamedRule[],
  document: DocumentNode,
): readonly AppSyncError[] {
  const ruleOf = new Map<GraphQLError, number>()
  let last = 0
  const noting = rules.map(({ rule }, index): ValidationRule => {
    const note = (error: GraphQLError) => {
      ruleOf.set(error, index)
      last = index
    }
    return (context) => rule(reportingTo(context, note))
  })
  // graphql-js adds an error without a rule when a document has too many errors.
  return validate(schema, document, noting)
    .map((error) => ({ error, index: ruleOf.get(error) ?? last }))
    .toSorted((one, other) => one.index - other.index)
    .map(({ error, index }) => validationError(document, rules[index]?.kind ?? '', error))
}

/** Returns a validation context that also calls `hear` with each error. */
function reportingTo(
  context: ValidationContext,
  hear: (error: GraphQLError) => void,
): ValidationContext {
  const own: ValidationContext = Object.create(context)
  own.reportError = (error) => {
    hear(error)
    context.reportError(error)
  }
  return own
}

function validationError(
  document: DocumentNode | undefined,
  kind: string,
  error: GraphQLError,
): AppSyncError {
  const path = document && error.nodes?.[0] ? fieldPath(document, error.nodes[0]) : ''
  const message = `Validation error of type ${kind}: ${reason(error.message)}${path && ` @ '${path}'`}`
  return { path: null, locations: locationsOf(error), message }
}

function reason(message: string): string {
  const [, field, type] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(message) ?? []
  return field ? `Field '${field}' in type '${type}' is undefined` : message
}

/**
 * Returns the fields that lead to a node, such as `getThing/name`. The path includes the node if it
 * is a field.
 */
function fieldPath(document: DocumentNode, wanted: ASTNode): string {
  const fields: string[] = []
  let found = ''
  visit(document, {
    enter(node) {
      if (node.kind === Kind.FIELD) fields.push(node.name.value)
      if (node === wanted) found = fields.join('/')
    },
    leave(node) {
      if (node.kind === Kind.FIELD) fields.pop()
    },
  })
  return found
}
