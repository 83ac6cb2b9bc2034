import { type RawRecord, type StreamClient, StreamError } from './stream-client.ts'

export interface Chunk {
  readonly records: readonly RawRecord[]
  /** The shard has ended: nothing follows these records. */
  readonly ended: boolean
}

/** Reads a shard in order, from behind a sequence number or from its beginning. */
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

  /** What there is, at most `limit` records; possibly nothing yet. */
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
      // Not by the shard's EndingSequenceNumber: an emulator gives one to open shards, too.
      return { records: Records, ended: !NextShardIterator }
    } catch (error) {
      // After 15 minutes without a read; or the records behind the position are older than a day.
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
