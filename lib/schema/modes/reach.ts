import { type DocumentNode, type FieldDefinitionNode, Kind } from 'graphql'
import { nameOf } from '../model.ts'
import { admitted, type Deployment, marksOf, type ObjectNode, objectsIn } from './marks.ts'
import { directiveOf, type Mode } from './mode.ts'

const ROOTS = ['Query', 'Mutation', 'Subscription']

/** A mode that may call a field, but may not read a type in its result. */
export interface Unreadable {
  /** `Product needs @aws_iam, ...` */
  readonly sentence: string
  /** The type that lacks the directive. */
  readonly type: ObjectNode
}

/** An object type with its extensions, which are merged. */
interface ObjectType {
  readonly name: string
  readonly node: ObjectNode
  readonly fields: readonly Field[]
  readonly modes: readonly Mode[]
}

interface Field {
  readonly name: string
  /** The possible types of the result. */
  readonly results: readonly string[]
  /** The modes of the field's own directives. Undefined: those of its type apply. */
  readonly own: readonly Mode[] | undefined
}

/**
 * Returns the types that a caller of a field can reach, but not read. AppSync answers null for their
 * fields, and silently delivers nothing to subscribers.
 *
 * Follows each field of Query, Mutation and Subscription to the type of its result, and on through
 * the fields of the type. A field with directives of its own is for its own callers only, so that
 * the types below it must be readable for these. A subscription delivers the result of a mutation,
 * so the feed function must be able to read its types: the publish mutations are `@aws_iam`.
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
 */
export function unreadableTypes(document: DocumentNode, deployment: Deployment): Unreadable[] {
  const types = typesIn(document, deployment)
  const visited = new Set<string>()
  const found: Unreadable[] = []

  const follow = (field: Field, inherited: readonly Mode[], caller: string) => {
    const callers = field.own === undefined ? caller : field.name
    for (const name of field.results) {
      const type = types.get(name)
      const modes = (field.own ?? inherited).filter((mode) => !visited.has(`${name} ${mode}`))
      if (!type || modes.length === 0) continue
      for (const mode of modes) visited.add(`${name} ${mode}`)
      if (type.fields.some(({ own }) => own === undefined))
        found.push(...lacking(type, modes, callers))
      for (const inner of type.fields) follow(inner, modes, callers)
    }
  }

  for (const name of ROOTS) {
    const { fields = [], modes = [] } = types.get(name) ?? {}
    for (const field of fields) follow(field, modes, field.name)
  }
  return found
}

function lacking(
  { name, node, modes }: ObjectType,
  callers: readonly Mode[],
  field: string,
): Unreadable[] {
  return callers
    .filter((mode) => !modes.includes(mode))
    .map((mode) => ({
      sentence: `${name} needs ${directiveOf(mode)} for the callers of ${field}: otherwise AppSync refuses its fields, and silently delivers nothing to subscribers`,
      type: node,
    }))
}

function typesIn(document: DocumentNode, deployment: Deployment): Map<string, ObjectType> {
  const nodes = new Map<string, ObjectNode[]>()
  for (const node of objectsIn(document)) {
    const { value: name } = node.name
    nodes.set(name, [...(nodes.get(name) ?? []), node])
  }
  const abstract = abstractTypes(document)
  const types = [...nodes].flatMap(([name, [node, ...extensions]]): [string, ObjectType][] => {
    if (!node) return []
    const all = [node, ...extensions]
    const marks = all.flatMap(marksOf)
    // Without a directive, only the default mode may read the fields of a type.
    const modes = marks.length > 0 ? admitted(marks, deployment) : deployment.modes.slice(0, 1)
    const fields = all.flatMap((one) => one.fields ?? []).map(fieldOf(name, abstract, deployment))
    return [[name, { name, node, modes, fields }]]
  })
  return new Map(types)
}

function fieldOf(
  type: string,
  abstract: ReadonlyMap<string, readonly string[]>,
  deployment: Deployment,
) {
  return (node: FieldDefinitionNode): Field => {
    const marks = marksOf(node)
    const result = nameOf(node.type)
    return {
      name: `${type}.${node.name.value}`,
      results: abstract.get(result) ?? [result],
      own: marks.length > 0 ? admitted(marks, deployment) : undefined,
    }
  }
}

/** Returns the object types that each union and each interface stands for. */
function abstractTypes(document: DocumentNode): Map<string, string[]> {
  const members = new Map<string, string[]>()
  const add = (name: string, type: string) =>
    members.set(name, [...(members.get(name) ?? []), type])
  for (const node of document.definitions) {
    if (node.kind !== Kind.UNION_TYPE_DEFINITION) continue
    for (const type of node.types ?? []) add(node.name.value, type.name.value)
  }
  for (const node of objectsIn(document)) {
    for (const one of node.interfaces ?? []) add(one.name.value, node.name.value)
  }
  return members
}
