import { type FieldDefinitionNode, type InputValueDefinitionNode, Kind } from 'graphql'
import { AFTER, POSITION } from './view-model.ts'

/** The comment above the input type of the argument `after`. */
export const POSITION_COMMENT = [
  "The event that a view's answer should include: the id of its resource, and its number, which is the",
  'version that a command returns. The query waits up to a second for it, and then answers with behind:',
  'true.',
]
export const POSITION_FIELDS = ['id: ID!', 'version: Int!']

/** The lines that the types of a view's answer get. */
export const BEHIND = [
  '# True if a view answers without the event that after names. Null in other queries.',
  'behind: Boolean',
]

const AFTER_ARGUMENT: InputValueDefinitionNode = {
  kind: Kind.INPUT_VALUE_DEFINITION,
  name: { kind: Kind.NAME, value: AFTER },
  type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: POSITION } },
}

/** Returns a view's field without its directive, and with the argument that all views have. */
export function viewField(field: FieldDefinitionNode): FieldDefinitionNode {
  const { arguments: args = [], directives = [] } = field
  return {
    ...field,
    arguments: [...args, AFTER_ARGUMENT],
    directives: directives.filter(({ name }) => name.value !== 'view'),
  }
}
