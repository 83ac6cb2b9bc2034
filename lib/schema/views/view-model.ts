import {
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
} from 'graphql'
import { type DomainModel, directive, nameOf } from '../model.ts'

/** The arguments that a view field has only if its author declares them, and their types. */
export const OPTIONS: Readonly<Record<string, string>> = {
  limit: 'Int',
  nextToken: 'String',
  descending: 'Boolean',
}
/** The limits of the sort value, whose type is that of the view's `sort`. */
export const RANGE: readonly string[] = ['from', 'to']
/** The argument that the framework adds to each view field. */
export const AFTER = 'after'
/** The input type of {@link AFTER}. */
export const POSITION = 'ViewPosition'
/** The key argument whose value the access rule `owner` compares with the caller. */
export const OWNER = 'owner'

/** A query field that a view answers. */
export interface ViewModel {
  readonly domain: string
  readonly name: string
  /** Whether the answer has the up-to-date state of each resource. */
  readonly isFresh: boolean
  /** The arguments for the parts of the key, in their order. */
  readonly keys: readonly InputValueDefinitionNode[]
  /** The name of the scalar type of `from` and `to`. Undefined: the field has neither. */
  readonly sort: string | undefined
  /** The type of the answer: a page, or one row. */
  readonly answer: 'page' | 'row'
  readonly type: string
  /** The type of the items of a page, or `type`. */
  readonly item: string
}

/** Returns the query fields of all domains that views answer. */
export function viewsOf(models: readonly DomainModel[]): ViewModel[] {
  const pages = pagesOf(models)
  return models.flatMap(({ domain, fields }) =>
    (fields.get('Query') ?? []).filter(isView).map((field) => {
      const { arguments: args = [] } = field
      const type = nameOf(field.type)
      const item = pages.get(type)
      const range = args.find(({ name }) => RANGE.includes(name.value))
      return {
        ...{ domain, name: field.name.value, isFresh: isFresh(field), keys: keysOf(field) },
        sort: range && nameOf(range.type),
        answer: item === undefined ? 'row' : 'page',
        ...{ type, item: item ?? type },
      }
    }),
  )
}

export function isView(field: FieldDefinitionNode): boolean {
  return directive(field, 'view') !== undefined
}

/** Returns the arguments for the parts of the key: all that are not reserved. */
export function keysOf({ arguments: args = [] }: FieldDefinitionNode): InputValueDefinitionNode[] {
  const reserved = [...Object.keys(OPTIONS), ...RANGE, AFTER]
  return args.filter(({ name }) => !reserved.includes(name.value))
}

/** Returns the types of the items of all pages, by the name of the page's type. */
export function pagesOf(models: readonly DomainModel[]): ReadonlyMap<string, string> {
  const own = models.flatMap(({ others }) =>
    others
      .filter((type) => type.kind === Kind.OBJECT_TYPE_DEFINITION)
      .flatMap((type): [string, string][] => {
        const items = itemsOf(type)
        return items ? [[type.name.value, nameOf(items.type)]] : []
      }),
  )
  const added = models.flatMap(({ resources }) =>
    resources.map(({ name }): [string, string] => [`${name}Page`, name]),
  )
  return new Map([...own, ...added])
}

export function itemsOf({ fields = [] }: ObjectTypeDefinitionNode) {
  return fields.find(({ name }) => name.value === 'items')
}

export function isFresh(field: FieldDefinitionNode): boolean {
  return (directive(field, 'view')?.arguments ?? []).some(
    ({ name, value }) => name.value === 'fresh' && value.kind === Kind.BOOLEAN && value.value,
  )
}
