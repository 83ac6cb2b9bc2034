import {
  type FieldNode,
  type GraphQLResolveInfo,
  Kind,
  print,
  type SelectionSetNode,
} from 'graphql'
import { isObject } from '../../json.ts'

type Fragments = GraphQLResolveInfo['fragments']

/** A field of the answer: its key there, and all places that select it. */
export interface SelectedField {
  /** Its alias, or its name if it has no alias. */
  readonly key: string
  readonly name: string
  readonly nodes: readonly FieldNode[]
}

/** Returns the fields of a selection, including the fields of its fragments. */
export function selectedFields(
  selectionSets: readonly (SelectionSetNode | undefined)[],
  fragments: Fragments,
): readonly SelectedField[] {
  const byKey = new Map<string, FieldNode[]>()
  for (const node of selectionSets.flatMap((set) => fieldNodes(set, fragments))) {
    const key = (node.alias ?? node.name).value
    byKey.set(key, [...(byKey.get(key) ?? []), node])
  }
  return [...byKey].map(([key, nodes]) => ({ key, name: nodes[0]?.name.value ?? key, nodes }))
}

/** Returns the selected fields below a field. */
export function subfields(nodes: readonly FieldNode[], fragments: Fragments) {
  return selectedFields(
    nodes.map(({ selectionSet }) => selectionSet),
    fragments,
  )
}

function fieldNodes(set: SelectionSetNode | undefined, fragments: Fragments): readonly FieldNode[] {
  return (set?.selections ?? []).flatMap((selection): readonly FieldNode[] => {
    if (selection.kind === Kind.FIELD) return [selection]
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection
    return fieldNodes(fragment?.selectionSet, fragments)
  })
}

/** The selection of a field, as its script receives it. */
export interface Selection {
  /** `['id', 'owner', 'owner/name']`, with aliases where present. */
  readonly selectionSetList: readonly string[]
  /** The selection as written, with fragments as names. */
  readonly selectionSetGraphQL: string
}

/**
 * A cache by the only node that selects a field. A node's document, including fragments, never
 * changes.
 */
const known = new WeakMap<FieldNode, Selection>()

/** Returns the selection for `ctx.info`. Caches it for documents that clients send again. */
export function selectionOf(nodes: readonly FieldNode[], fragments: Fragments): Selection {
  const [node] = nodes
  const seen = node && nodes.length === 1 ? known.get(node) : undefined
  if (seen) return seen
  const selection = {
    selectionSetList: selectedPaths(nodes, fragments),
    selectionSetGraphQL: node?.selectionSet ? print(node.selectionSet) : '',
  }
  if (node && nodes.length === 1) known.set(node, selection)
  return selection
}

function selectedPaths(nodes: readonly FieldNode[], fragments: Fragments): string[] {
  return subfields(nodes, fragments).flatMap((field) => [
    field.key,
    ...selectedPaths(field.nodes, fragments).map((path) => `${field.key}/${path}`),
  ])
}

/** Returns a value reduced to the selected fields, as AppSync filters an error's `data`. */
export function selectedOf(
  value: unknown,
  nodes: readonly FieldNode[],
  fragments: Fragments,
): unknown {
  if (Array.isArray(value)) return value.map((item) => selectedOf(item, nodes, fragments))
  const fields = subfields(nodes, fragments)
  if (!isObject(value) || fields.length === 0) return value
  return Object.fromEntries(
    fields
      .filter(({ name }) => name in value)
      .map(({ key, name, nodes }) => [key, selectedOf(value[name], nodes, fragments)]),
  )
}
