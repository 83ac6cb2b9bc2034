import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
} from 'graphql'
import { directiveOf, EVERY_CALLER, type Mode, modeOf } from './mode.ts'

export type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode

/** A type or a field, and the directives that say which callers may read it. */
export interface Marked {
  /** `Product`, or `Query.product`. */
  readonly name: string
  readonly node: ObjectNode | FieldDefinitionNode
  readonly marks: readonly Mark[]
}

/** A directive of a mode. */
export interface Mark {
  readonly mode: Mode
  readonly directive: ConstDirectiveNode
}

/** An API, as far as it matters for the directives. */
export interface Deployment {
  /** The modes of the API, the default mode first. */
  readonly modes: readonly Mode[]
  /** Whether the schema is generated from parts, so that EVERY_CALLER stands for all modes. */
  readonly isGenerated: boolean
}

/** Returns the types and fields of a schema that have directives for callers. */
export function markedIn(document: DocumentNode): Marked[] {
  return objectsIn(document).flatMap((type) => {
    const fields = type.fields ?? []
    const owners = [
      { name: type.name.value, node: type },
      ...fields.map((node) => ({ name: `${type.name.value}.${node.name.value}`, node })),
    ]
    return owners
      .map((owner) => ({ ...owner, marks: marksOf(owner.node) }))
      .filter(({ marks }) => marks.length > 0)
  })
}

/** Returns the object types of a schema, and their extensions. */
export function objectsIn({ definitions }: DocumentNode): ObjectNode[] {
  return definitions.filter(
    (node) => node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION,
  )
}

/** Returns the directives of a type or a field that open it to callers. */
export function marksOf({ directives = [] }: ObjectNode | FieldDefinitionNode): Mark[] {
  return directives.flatMap((directive) => {
    const mode = modeOf(directive.name.value)
    return mode === undefined ? [] : [{ mode, directive }]
  })
}

/** Returns the modes of the API that the directives of a type or a field admit. */
export function admitted(marks: readonly Mark[], deployment: Deployment): readonly Mode[] {
  const { modes } = deployment
  if (isForEveryCaller(marks, deployment)) return modes
  return modes.filter((mode) => marks.some((mark) => mark.mode === mode))
}

/** Whether the directives stand for all modes of the API. A group of users is not every caller. */
export function isForEveryCaller(
  marks: readonly Mark[],
  { isGenerated }: Pick<Deployment, 'isGenerated'>,
): boolean {
  const names = marks
    .filter(({ directive }) => (directive.arguments ?? []).length === 0)
    .map(({ mode }) => directiveOf(mode))
  const every = EVERY_CALLER.split(' ')
  return isGenerated && marks.length === every.length && every.every((name) => names.includes(name))
}
