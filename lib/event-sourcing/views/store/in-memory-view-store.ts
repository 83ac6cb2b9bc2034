import type { Change, Changed, Entry, EntryRange, Place, ViewStore } from './view-store.ts'

/** Returns a store of views in memory, for tests. It behaves like the DynamoDB store. */
export function inMemoryViewStore(name = 'views'): ViewStore {
  const stored = new Map<string, Entry>()
  const keyOf = ({ partition, item }: Place) => JSON.stringify([partition, item])
  const revisionAt = (place: Place) => stored.get(keyOf(place))?.revision ?? 0

  async function* inRange(
    entries: readonly Entry[],
    order: (entry: Entry) => string,
    range: EntryRange = {},
  ) {
    const { descending = false } = range
    const ordered = entries
      .filter((entry) => isInRange(order(entry), range))
      .sort((one, other) => compareBytes(order(one), order(other)))
    yield* structuredClone(descending ? ordered.reverse() : ordered)
  }

  return {
    name,

    async get(place) {
      return structuredClone(stored.get(keyOf(place)))
    },

    async putNewer(entry) {
      if (revisionAt(entry) >= entry.revision) return false
      stored.set(keyOf(entry), structuredClone(entry))
      return true
    },

    async change(changes): Promise<Changed> {
      const isFree = ({ entry, was }: Change) => revisionAt(entry) === was
      if (changes.every(isFree)) {
        for (const { entry } of changes) stored.set(keyOf(entry), structuredClone(entry))
        return { outcome: 'stored' }
      }
      const by = changes.map((change) => {
        if (isFree(change)) return undefined
        return structuredClone(stored.get(keyOf(change.entry))) ?? 'none'
      })
      return { outcome: 'taken', by }
    },

    entries(partition, range) {
      const all = [...stored.values()].filter((entry) => entry.partition === partition)
      return inRange(all, ({ item }) => item, range)
    },

    found(key, range) {
      const all = [...stored.values()].filter((entry) => entry.key === key)
      return inRange(all, ({ sort = '' }) => sort, range)
    },

    async remove(places) {
      for (const place of places) stored.delete(keyOf(place))
    },
  }
}

function isInRange(value: string, { from, before, after, descending }: EntryRange): boolean {
  if (from !== undefined && compareBytes(value, from) < 0) return false
  if (before !== undefined && compareBytes(value, before) >= 0) return false
  if (after === undefined) return true
  return descending ? compareBytes(value, after) < 0 : compareBytes(value, after) > 0
}

/** Compares texts by their UTF-8 bytes, as DynamoDB does. */
export function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
