import { Misuse } from '../../event-sourcing/index.ts'
import { isView, type Views } from '../../event-sourcing/views/index.ts'
import { exportsOf } from '../resolvers/field.ts'
import type { Presentation } from '../resolvers/presentation.ts'
import type { SchemaTypes } from '../schema-check/commit-check.ts'

/** A query field that a view answers. Synth derives it from the schema and views.ts. */
export interface ViewField {
  /** The name of the field and of the view. */
  readonly name: string
  /** The domain whose views.ts exports the view. */
  readonly domain: string
  /** The resource types of the view's classes, in their order. */
  readonly resources: readonly string[]
  /** The arguments for the parts of the key, in their order. */
  readonly keys: readonly ViewArgument[]
  /** Whether `from` and `to` are dates with a time. */
  readonly isDated: boolean
  /** Whether the answer has the up-to-date state of each resource. */
  readonly isFresh: boolean
  /** The shape of the answer: a page, or one row. */
  readonly answer: 'page' | 'row'
  readonly item: ViewItem
}

export interface ViewArgument {
  readonly name: string
  readonly kind: 'enum' | 'date' | 'plain'
}

/** The type of the answer's items, or of the row. */
export interface ViewItem extends Presentation {
  readonly name: string
  readonly types: SchemaTypes
}

/** The exports of each domain's views.ts, by domain. */
export type ViewFiles = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * Returns the single object of views that a domain's views.ts exports, under any name.
 * @throws TypeError that explains the required export
 */
export function viewsIn(file: Readonly<Record<string, unknown>>): Views {
  const [views, ...others] = Object.values(file)
  if (others.length === 0 && isViews(views)) return views
  throw new Misuse(
    `A views file must export one object of views, by name, and nothing else: export const views = { … }; it exports ${exportsOf(file)}`,
  )
}

function isViews(value: unknown): value is Views {
  return typeof value === 'object' && value !== null && Object.values(value).every(isView)
}
