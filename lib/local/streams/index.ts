import { TableWrites } from '../dynamodb/table-writes.ts'
import { type Faults, NO_FAULTS, withStreamFaults } from '../faults/index.ts'
import { type Progress, processBatch } from './batch-processor.ts'
import { batches } from './batches.ts'
import { Checkpoint } from './checkpoint.ts'
import type { MappingDefinition } from './mapping-definition.ts'
import { onFailureMessage } from './on-failure.ts'
import { pause } from './pause.ts'
import { ShardReader } from './shard-reader.ts'
import type { StreamClient, StreamDescription } from './stream-client.ts'

export { type MappingDefinition, mappingDefinitions } from './mapping-definition.ts'
export { StreamClient } from './stream-client.ts'

/**
 * The interval of checks for new shards, in milliseconds. The end of a shard also triggers a check.
 */
const DISCOVERY = 5000
/** The pause before a failed read is retried, in milliseconds. */
const READ_RETRY = 500

export interface MappingOptions {
  readonly client: StreamClient
  /** The writes of the functions. Default: none are known, and the stream is polled at rest. */
  readonly writes?: TableWrites
  /** The file of the positions; undefined: positions are not stored. */
  readonly checkpointFile: string | undefined
  /** The stopped mapping before a reload, whose positions this continues. Default: none. */
  readonly previous?: EventSourceMapping | undefined
  /** Sends the message about discarded records, by the queue's logical id. Awaited. */
  readonly send: (queue: string, message: object) => unknown
  /** Whether the function's role may read the stream. Default: true. */
  readonly mayRead?: boolean
  /** Receives the error of a failed read of the stream. The read is retried. */
  readonly report: (problem: unknown) => void
  /** The faults to inject. Default: none. */
  readonly faults?: Faults
}

/** A running event source mapping: delivers a table's stream to a function in batches. */
export class EventSourceMapping {
  readonly #mapping: MappingDefinition
  readonly #options: MappingOptions
  readonly #checkpoint: Checkpoint
  readonly #end = new AbortController()
  readonly #consumers = new Map<string, Promise<void>>()
  readonly #rediscovery: NodeJS.Timeout
  #discovering: Promise<void> = Promise.resolve()

  private constructor(mapping: MappingDefinition, options: MappingOptions, checkpoint: Checkpoint) {
    this.#mapping = mapping
    this.#options = options
    this.#checkpoint = checkpoint
    const { mayRead = true } = options
    this.#rediscovery = setInterval(() => this.#discover(), DISCOVERY)
    if (mayRead) this.#discover()
    else clearInterval(this.#rediscovery)
  }

  static async start(
    mapping: MappingDefinition,
    options: MappingOptions,
  ): Promise<EventSourceMapping> {
    const { previous } = options
    const checkpoint =
      previous && previous.#mapping.streamArn === mapping.streamArn
        ? previous.#checkpoint
        : await Checkpoint.open(options.checkpointFile, mapping.streamArn)
    if (mapping.startingPosition === 'LATEST' && !checkpoint.resumed)
      await skipToLatest(mapping, options.client, checkpoint)
    return new EventSourceMapping(mapping, options, checkpoint)
  }

  /** Stops taking batches. Resolves once the running batch has ended. */
  async stop(): Promise<void> {
    this.#end.abort()
    clearInterval(this.#rediscovery)
    await this.#discovering
    await Promise.all(this.#consumers.values())
  }

  #discover(): void {
    this.#discovering = this.#discovering
      .then(() => this.#consumeNewShards())
      .catch((error: unknown) => {
        if (!this.#end.signal.aborted) this.#options.report(error)
      })
  }

  /**
   * Reads a shard only after its parent was read to the end, which keeps the order of changes to an
   * item.
   */
  async #consumeNewShards(): Promise<void> {
    if (this.#end.signal.aborted) return
    const shards = await listShards(this.#options.client, this.#mapping.streamArn)
    const known = new Set(shards.map(({ ShardId }) => ShardId))
    for (const { ShardId: id, ParentShardId: parent = '' } of shards) {
      const parentDone = !known.has(parent) || this.#checkpoint.of(parent)?.done
      if (!parentDone || this.#checkpoint.of(id)?.done || this.#consumers.has(id)) continue
      const consumer = this.#consume(id).then(() => {
        this.#consumers.delete(id)
        this.#discover()
      })
      this.#consumers.set(id, consumer)
    }
  }

  async #consume(shardId: string): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      try {
        await this.#read(shardId)
        return
      } catch (error) {
        if (signal.aborted) return
        this.#options.report(error)
        await pause(READ_RETRY, signal)
      }
    }
  }

  async #read(shardId: string): Promise<void> {
    const { signal } = this.#end
    const { client, send, faults = NO_FAULTS, writes = new TableWrites() } = this.#options
    const { streamArn, onFailure } = this.#mapping
    const checkpoint = this.#checkpoint
    const reader = new ShardReader(client, streamArn, shardId, checkpoint.of(shardId)?.after)
    const progress: Progress = {
      handled: ({ dynamodb }) => checkpoint.save(shardId, { after: dynamodb.SequenceNumber }),
      discarded: async (discarded) => {
        if (onFailure) await send(onFailure, onFailureMessage(this.#mapping, shardId, discarded))
        const after = discarded.records.at(-1)?.dynamodb.SequenceNumber
        if (after !== undefined) await checkpoint.save(shardId, { after })
      },
    }
    for await (const batch of batches(reader, this.#mapping, signal, writes)) {
      for await (const arriving of withStreamFaults(batch, faults, signal)) {
        await processBatch(arriving, this.#mapping, progress, signal)
      }
    }
    if (!signal.aborted) await checkpoint.save(shardId, { done: true })
  }
}

type Shards = NonNullable<StreamDescription['Shards']>

async function listShards(client: StreamClient, StreamArn: string): Promise<Shards> {
  const shards: Shards[number][] = []
  let last: string | undefined
  do {
    const start = last === undefined ? {} : { ExclusiveStartShardId: last }
    const { StreamDescription } = await client.describeStream({ StreamArn, ...start })
    shards.push(...(StreamDescription?.Shards ?? []))
    last = StreamDescription?.LastEvaluatedShardId
  } while (last)
  return shards
}

/**
 * Saves the current end of each shard. A restart continues from there and includes records from the
 * meantime.
 */
async function skipToLatest(
  { streamArn }: MappingDefinition,
  client: StreamClient,
  checkpoint: Checkpoint,
): Promise<void> {
  for (const { ShardId: id } of await listShards(client, streamArn)) {
    const reader = new ShardReader(client, streamArn, id, undefined)
    let after: string | undefined
    for (;;) {
      const { records, ended } = await reader.read(1000)
      after = records.at(-1)?.dynamodb.SequenceNumber ?? after
      if (!ended && records.length > 0) continue
      await checkpoint.save(id, ended ? { done: true } : after === undefined ? {} : { after })
      break
    }
  }
}
