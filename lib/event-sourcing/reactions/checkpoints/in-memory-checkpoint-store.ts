import type { Checkpoint } from './checkpoint.ts'
import type { CheckpointStore } from './checkpoint-store.ts'

/**
 * Returns a checkpoint store in memory, for tests and experiments. It behaves like the DynamoDB
 * store.
 */
export function inMemoryCheckpointStore(name = 'checkpoints'): CheckpointStore {
  const items = new Map<string, Checkpoint>()
  const keyOf = (reactor: string, id: string) => JSON.stringify([reactor, id])
  const of = (reactor: string) =>
    structuredClone([...items.values()].filter((item) => item.reactor === reactor))

  return {
    name,

    async get(reactor, id) {
      return structuredClone(items.get(keyOf(reactor, id)))
    },

    async put(checkpoint) {
      const key = keyOf(checkpoint.reactor, checkpoint.id)
      const there = items.get(key)
      if ((there?.revision ?? 0) !== checkpoint.revision) {
        return { outcome: 'taken', by: structuredClone(there) }
      }
      const next = { ...structuredClone(checkpoint), revision: checkpoint.revision + 1 }
      items.set(key, next)
      return { outcome: 'stored', checkpoint: structuredClone(next) }
    },

    async *about(id) {
      for (const item of items.values()) if (item.id === id) yield structuredClone(item)
    },

    async *due(reactor, now) {
      for (const item of of(reactor)) if (item.due !== undefined && item.due <= now) yield item
    },

    async *all(reactor, after) {
      const all = of(reactor)
      yield* all.slice(all.findIndex(({ id }) => id === after) + 1)
    },
  }
}
