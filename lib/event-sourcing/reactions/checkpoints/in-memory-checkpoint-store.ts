import type { Checkpoint } from './checkpoint.ts'
import type { CheckpointStore, Put } from './checkpoint-store.ts'
import type { ReactorRecord } from './reactor-record.ts'

interface Revised {
  readonly revision: number
}

/**
 * Returns a checkpoint store in memory, for tests and experiments. It behaves like the DynamoDB
 * store.
 */
export function inMemoryCheckpointStore(name = 'checkpoints'): CheckpointStore {
  const checkpoints = new Map<string, Checkpoint>()
  const records = new Map<string, ReactorRecord>()
  const keyOf = (reactor: string, id: string) => JSON.stringify([reactor, id])
  const of = (reactor: string) =>
    structuredClone([...checkpoints.values()].filter((item) => item.reactor === reactor))

  function put<T extends Revised>(items: Map<string, T>, key: string, item: T): Put<T> {
    const there = items.get(key)
    if ((there?.revision ?? 0) !== item.revision) {
      return { outcome: 'taken', by: structuredClone(there) }
    }
    const next = { ...structuredClone(item), revision: item.revision + 1 }
    items.set(key, next)
    return { outcome: 'stored', stored: structuredClone(next) }
  }

  return {
    name,

    async get(reactor, id) {
      return structuredClone(checkpoints.get(keyOf(reactor, id)))
    },

    async put(checkpoint) {
      return put(checkpoints, keyOf(checkpoint.reactor, checkpoint.id), checkpoint)
    },

    async reactor(reactor) {
      return structuredClone(records.get(reactor))
    },

    async putReactor(record) {
      return put(records, record.reactor, record)
    },

    async *reactors() {
      yield* structuredClone([...records.values()])
    },

    async *due(reactor, now) {
      for (const item of of(reactor)) if (item.due !== undefined && item.due <= now) yield item
    },

    async *all(reactor, after) {
      const all = of(reactor)
      yield* all.slice(all.findIndex(({ id }) => id === after) + 1)
    },

    async forget(reactor) {
      for (const { id } of of(reactor)) checkpoints.delete(keyOf(reactor, id))
      records.delete(reactor)
    },
  }
}
