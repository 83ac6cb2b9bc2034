import { isPlainObject } from '../../state/state.ts'
import { keyParts, rowRange, sortValue } from '../places.ts'
import type { Entry, ViewStore } from '../store/view-store.ts'
import type { FoldRow, FoldView } from '../view.ts'
import type { KeyRange } from './list-items.ts'
import { merged, type Ordered } from './merged.ts'

/** Returns the rows of a key, in order. The parts of a row are added up. */
export async function* foldRows(
  store: ViewStore,
  { view, build, key, range }: KeyRange<FoldView>,
): AsyncGenerator<Ordered<FoldRow>> {
  const { spread = 1 } = view
  const { descending = false } = range
  const parts = Array.from({ length: spread }, (_, part) => {
    const place = rowRange(build, key, part, range)
    return ordered(store.entries(place.partition, place.range))
  })
  let open: Ordered<FoldRow> | undefined
  for await (const { at, item } of merged(parts, descending)) {
    const row = withInitial(view, rowOf(item))
    if (open?.at === at) open = { at, item: sum(open.item, row) }
    else {
      if (open) yield open
      open = { at, item: row }
    }
  }
  if (open) yield open
}

async function* ordered(entries: AsyncIterable<Entry>): AsyncGenerator<Ordered<Entry>> {
  for await (const entry of entries) {
    const { sort } = entry.body
    yield { at: typeof sort === 'string' ? sort : '', item: entry }
  }
}

/** Returns the row, or the part of a row, in an entry. */
export function rowOf({ item, body }: Entry): FoldRow {
  const { key, sort, row } = body
  if (!Array.isArray(key) || !isPlainObject(row)) throw new TypeError(`${item} is not a row`)
  return { key: keyParts(key), ...(typeof sort === 'string' && { sort: sortValue(sort) }), row }
}

/** An older build may lack fields that the code has now. */
function withInitial({ initial }: FoldView, row: FoldRow): FoldRow {
  return { ...row, row: { ...initial, ...row.row } }
}

/** Adds up two parts of a row. With `spread`, all fields are numbers. */
export function sum(one: FoldRow, other: FoldRow): FoldRow {
  const row: Record<string, unknown> = { ...one.row }
  for (const [field, value] of Object.entries(other.row)) {
    row[field] = Number(row[field] ?? 0) + Number(value)
  }
  return { ...one, row }
}
