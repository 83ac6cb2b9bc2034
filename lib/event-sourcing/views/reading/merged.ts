import { compareBytes } from '../store/in-memory-view-store.ts'

/** An item of an ordered sequence. */
export interface Ordered<T> {
  /** The position of the item. */
  readonly at: string
  readonly item: T
}

/** Merges ordered sequences to one. Reads one item ahead of each. */
export async function* merged<T>(
  sequences: readonly AsyncIterable<Ordered<T>>[],
  descending: boolean,
): AsyncGenerator<Ordered<T>> {
  const [only] = sequences
  if (sequences.length === 1 && only) {
    yield* only
    return
  }
  const iterators = sequences.map((sequence) => sequence[Symbol.asyncIterator]())
  try {
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()))
    for (;;) {
      let first: { readonly index: number; readonly value: Ordered<T> } | undefined
      for (const [index, head] of heads.entries()) {
        if (head.done) continue
        const order = first ? compareBytes(head.value.at, first.value.at) : -1
        const isFirst = !first || (descending ? order > 0 : order < 0)
        if (isFirst) first = { index, value: head.value }
      }
      if (!first) return
      yield first.value
      const next = await iterators[first.index]?.next()
      if (next) heads[first.index] = next
    }
  } finally {
    await Promise.all(iterators.map((iterator) => iterator.return?.()))
  }
}
