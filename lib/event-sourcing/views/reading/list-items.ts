import { isPlainObject } from '../../state/state.ts'
import { type BuildName, indexKey } from '../places.ts'
import type { EntryRange, ViewStore } from '../store/view-store.ts'
import type { ListItem, ListView } from '../view.ts'
import { merged, type Ordered } from './merged.ts'

/** The items of a key that are read. */
export interface KeyRange<View> {
  readonly view: View
  readonly build: BuildName
  readonly key: string
  readonly range: EntryRange
}

/** Returns the resources of a key, in order, from all of its parts. */
export function listItems(
  store: ViewStore,
  { view, build, key, range }: KeyRange<ListView>,
): AsyncIterable<Ordered<ListItem>> {
  const { spread = 1 } = view
  const { about = 1, descending = false } = range
  const each = { ...range, about: Math.ceil(about / spread) + (spread > 1 ? 1 : 0) }
  const parts = Array.from({ length: spread }, (_, part) =>
    partItems(store, indexKey(build, key, part), each),
  )
  return merged(parts, descending)
}

async function* partItems(
  store: ViewStore,
  key: string,
  range: EntryRange,
): AsyncGenerator<Ordered<ListItem>> {
  for await (const { sort = '', revision, body } of store.found(key, range)) {
    const { id, kept } = body
    if (typeof id !== 'string' || !isPlainObject(kept)) {
      throw new TypeError(`The entry at ${sort} is not a resource of a list`)
    }
    yield { at: sort, item: { id, version: revision, kept } }
  }
}
