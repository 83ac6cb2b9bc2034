import { type RawRecord, type StreamClient, StreamError } from './stream-client.ts'

export interface Chunk {
  readonly records: readonly RawRecord[]
  /** The shard has ended: these are its last records. */
  readonly ended: boolean
}

/** Reads a shard in order, from after a sequence number or from its beginning. */
export class ShardReader {
  readonly #client: StreamClient
  readonly #streamArn: string
  readonly #shardId: string
  #after: string | undefined
  #iterator: string | undefined

  constructor(client: StreamClient, streamArn: string, shardId: string, after: string | undefined) {
    this.#client = client
    this.#streamArn = streamArn
    this.#shardId = shardId
    this.#after = after
  }

  /** Returns the available records, at most `limit`. The list may be empty. */
  async read(limit: number): Promise<Chunk> {
    try {
      this.#iterator ??= await this.#newIterator()
      if (this.#iterator === undefined) return { records: [], ended: true }
      const { Records = [], NextShardIterator } = await this.#client.getRecords({
        ShardIterator: this.#iterator,
        Limit: Math.min(limit, 1000),
      })
      this.#iterator = NextShardIterator
      this.#after = Records.at(-1)?.dynamodb.SequenceNumber ?? this.#after
      // The shard's EndingSequenceNumber is unreliable: an emulator also sets it on open shards.
      return { records: Records, ended: !NextShardIterator }
    } catch (error) {
      // The iterator expires after 15 minutes without a read. The data is trimmed if the next
      // records are older than a day.
      const code = error instanceof StreamError && error.code
      if (code === 'TrimmedDataAccessException') this.#after = undefined
      else if (code !== 'ExpiredIteratorException') throw error
      this.#iterator = undefined
      return { records: [], ended: false }
    }
  }

  async #newIterator(): Promise<string | undefined> {
    const { ShardIterator } = await this.#client.getShardIterator({
      StreamArn: this.#streamArn,
      ShardId: this.#shardId,
      ...(this.#after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: this.#after }),
    })
    return ShardIterator
  }
}
