import { InvalidArgument } from '../../event-sourcing/index.ts'
import type { KeyPart, ViewPage, ViewQuery, ViewReader } from '../../event-sourcing/views/index.ts'
import { limited, type Nullable } from '../resolvers/arguments.ts'
import type { FieldRequest, Fields } from '../resolvers/field.ts'
import type { ApiView } from './hosted-views.ts'
import { ListAnswer } from './list-answer.ts'
import { RowAnswer } from './row-answer.ts'
import type { ViewArgument, ViewField } from './view-field.ts'

/** The arguments of a view's field. The other ones are the parts of the key. */
interface ViewArguments {
  readonly limit?: Nullable<number>
  readonly nextToken?: Nullable<string>
  readonly from?: Nullable<string | number>
  readonly to?: Nullable<string | number>
  readonly descending?: Nullable<boolean>
  readonly after?: Nullable<{ readonly id: string; readonly version: number }>
}

/** Returns the functions of the query fields that views answer. */
export function viewQueries(views: readonly ApiView[], reader: ViewReader): Fields {
  return Object.fromEntries(views.map((view) => [view.name, viewQuery(view, reader)]))
}

function viewQuery(view: ApiView, reader: ViewReader) {
  const { name, field } = view
  const rows = new RowAnswer(field)
  const resources = new ListAnswer(view)
  return async (args: ViewArguments, request: FieldRequest) => {
    const query = queryOf(field, args, request)
    if (view.view.kind === 'list') {
      const page = await reader.list(name, query)
      return pageOf(page, await resources.of(page, query.key, request))
    }
    const page = await reader.fold(name, query)
    if (field.answer === 'page') return pageOf(page, rows.page(page.items, request))
    const [row] = page.items
    return row ? { ...rows.row(row), behind: page.behind } : null
  }
}

function pageOf({ nextToken, behind }: ViewPage, items: readonly object[]) {
  return { items, nextToken: nextToken ?? null, behind }
}

/** @throws InvalidArgument */
function queryOf(field: ViewField, args: ViewArguments, request: FieldRequest): ViewQuery {
  const { from, to, descending, limit, nextToken, after } = args
  const dated = (name: string, value: Nullable<string | number>) =>
    field.isDated && typeof value === 'string' ? instant(name, value) : (value ?? undefined)
  return {
    key: field.keys.map((key) => keyPart(key, args, request)),
    from: dated('from', from),
    to: dated('to', to),
    descending: descending ?? undefined,
    limit: limited(limit, 20, 100),
    nextToken: nextToken ?? undefined,
    after: after ?? undefined,
  }
}

/** Returns the value of a key argument. An absent owner is the user who may see only their own. */
function keyPart({ name, kind }: ViewArgument, args: object, { onlyOwner }: FieldRequest): KeyPart {
  const given: unknown = Reflect.get(args, name)
  const value = name === 'owner' ? (onlyOwner ?? given) : given
  if (typeof value === 'string') return kind === 'date' ? instant(name, value) : value
  if (typeof value === 'number' || typeof value === 'boolean') return value
  throw new InvalidArgument(`${name} must be given: pass the value whose items you want`, {
    argument: name,
    value: null,
  })
}

/** Returns a date in the form of `event.created`, in which texts are ordered like dates. */
function instant(name: string, value: string): string {
  const date = new Date(value)
  if (!Number.isNaN(date.getTime())) return date.toISOString()
  throw new InvalidArgument(`${name} must be a date with a time; got ${value}`, {
    argument: name,
    value,
  })
}
