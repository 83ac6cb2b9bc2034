import {
  type ASTNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
  visit,
} from 'graphql'
import { type AppSyncError, locationsOf } from './error-format.ts'
import { Refusal } from './refusal.ts'
import { badRequest } from './request-error.ts'

export interface Operation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
}

/**
 * The operation to execute, of a document that is valid.
 * @throws Refusal of an invalid document
 * @throws RequestError 400 where it is unclear which operation is meant
 */
export function validOperation(
  schema: GraphQLSchema,
  query: string,
  operationName: string | undefined,
  introspection: boolean,
): Operation {
  const document = parsed(query)
  const errors = ruleSets(introspection).flatMap(([rule, kind]) =>
    validate(schema, document, [rule]).map((error) => validationError(document, kind, error)),
  )
  if (errors.length > 0) throw new Refusal(errors)

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

function parsed(query: string): DocumentNode {
  try {
    return parse(query)
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const message = `Validation error of type InvalidSyntax: ${error.message}`
    throw new Refusal([{ path: null, locations: locationsOf(error), message }])
  }
}

/** The names that graphql-java, and so AppSync, has for what the rules find. */
const KINDS: Readonly<Record<string, string>> = {
  FieldsOnCorrectTypeRule: 'FieldUndefined',
  FragmentsOnCompositeTypesRule: 'FragmentTypeConditionInvalid',
  KnownArgumentNamesRule: 'UnknownArgument',
  KnownDirectivesRule: 'UnknownDirective',
  KnownFragmentNamesRule: 'UndefinedFragment',
  KnownTypeNamesRule: 'UnknownType',
  LoneAnonymousOperationRule: 'LoneAnonymousOperationViolation',
  NoUndefinedVariablesRule: 'UndefinedVariable',
  NoUnusedFragmentsRule: 'UnusedFragment',
  NoUnusedVariablesRule: 'UnusedVariable',
  OverlappingFieldsCanBeMergedRule: 'FieldsConflict',
  ProvidedRequiredArgumentsRule: 'MissingFieldArgument',
  ScalarLeafsRule: 'SubSelectionRequired',
  UniqueOperationNamesRule: 'DuplicateOperationName',
  ValuesOfCorrectTypeRule: 'WrongType',
  VariablesInAllowedPositionRule: 'VariableTypeMismatch',
}

function ruleSets(introspection: boolean): [ValidationRule, string][] {
  const rules = specifiedRules.map((rule): [ValidationRule, string] => [
    rule,
    KINDS[rule.name] ?? rule.name.replace(/Rule$/, ''),
  ])
  return introspection ? rules : [...rules, [noIntrospection, 'FieldUndefined']]
}

/** With introspection disabled, its fields are as undefined as any other. */
const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    const name = node.name.value
    if (name === '__schema' || name === '__type') {
      context.reportError(
        new GraphQLError(`Cannot query field "${name}" on type "Query".`, { nodes: node }),
      )
    }
  },
})

function validationError(document: DocumentNode, kind: string, error: GraphQLError): AppSyncError {
  const path = error.nodes?.[0] ? fieldPath(document, error.nodes[0]) : ''
  const message = `Validation error of type ${kind}: ${reason(error.message)}${path && ` @ '${path}'`}`
  return { path: null, locations: locationsOf(error), message }
}

function reason(message: string): string {
  const [, field, type] = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(message) ?? []
  return field ? `Field '${field}' in type '${type}' is undefined` : message
}

/** The fields that lead to a node, `getThing/name`; it ends with the node if it is one. */
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
