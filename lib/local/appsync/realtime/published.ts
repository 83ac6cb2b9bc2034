import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import { isObject, type UnknownObject } from '../../json.ts'
import { selectedFields, subfields } from '../execution/selection.ts'

/** The value that a mutation publishes to subscribers: only the fields of its selection set. */
export interface Published {
  readonly mutation: string
  readonly value: UnknownObject
}

/** Returns the results of a mutation's fields, in order. Leaves out fields without a value. */
export function publishedBy(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  data: unknown,
): readonly Published[] {
  const fragments = fragmentsOf(document)
  const mutations = schema.getMutationType()?.getFields() ?? {}
  return selectedFields([operation.selectionSet], fragments).flatMap(({ key, name, nodes }) => {
    const mutation = mutations[name]
    const result = isObject(data) ? data[key] : undefined
    if (!mutation || !isObject(result)) return []
    const value = byFieldNames(getNamedType(mutation.type), nodes, fragments, result)
    return isObject(value) ? [{ mutation: mutation.name, value }] : []
  })
}

export function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  return Object.fromEntries(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  )
}

/**
 * Restores field names and parsed AWSJSON. An answer has aliases, and AWSJSON as text; a source has
 * neither.
 */
function byFieldNames(
  type: GraphQLNamedType,
  nodes: readonly FieldNode[],
  fragments: Record<string, FragmentDefinitionNode>,
  value: unknown,
): unknown {
  if (Array.isArray(value)) return value.map((item) => byFieldNames(type, nodes, fragments, item))
  if (type.name === 'AWSJSON' && typeof value === 'string') return JSON.parse(value)
  if (!isObject(value) || (!isObjectType(type) && !isInterfaceType(type))) return value
  const fields = type.getFields()
  return Object.fromEntries(
    subfields(nodes, fragments)
      .filter(({ key }) => key in value)
      .map(({ key, name, nodes }) => {
        const field = fields[name]
        const own = value[key]
        return [name, field ? byFieldNames(getNamedType(field.type), nodes, fragments, own) : own]
      }),
  )
}
