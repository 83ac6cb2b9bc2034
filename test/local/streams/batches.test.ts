import { setTimeout } from 'node:timers/promises'
import { TableWrites } from '../../../lib/local/dynamodb/table-writes.ts'
import { type Batching, batches } from '../../../lib/local/streams/batches.ts'
import { ShardReader } from '../../../lib/local/streams/shard-reader.ts'
import { type RawRecord, StreamClient } from '../../../lib/local/streams/stream-client.ts'

/** A stream that returns a given number of records for each read. */
class Stream extends StreamClient {
  reads = 0
  readonly #records: (limit: number) => number

  constructor(records: (limit: number) => number) {
    super('http://127.0.0.1:1')
    this.#records = records
  }

  override async getShardIterator() {
    return { ShardIterator: 'iterator' }
  }

  override async getRecords({ Limit }: { ShardIterator: string; Limit: number }) {
    this.reads += 1
    const Records = Array.from({ length: this.#records(Limit) }, (_, index) =>
      record(`${this.reads * 1000 + index}`),
    )
    return { Records, NextShardIterator: 'iterator' }
  }
}

function record(SequenceNumber: string): RawRecord {
  const dynamodb = { ApproximateCreationDateTime: 0, SequenceNumber }
  return { eventID: SequenceNumber, eventName: 'INSERT', dynamodb }
}

const MAPPING: Batching = {
  batchSize: 10,
  batchingWindow: 0,
  eventSourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Test/stream/1',
}

/** Takes batches. Returns the time in milliseconds and the number of reads. */
async function take(count: number, stream: Stream, writes = new TableWrites()) {
  const end = new AbortController()
  const reader = new ShardReader(stream, 'stream', 'shard', undefined)
  const began = performance.now()
  let taken = 0
  for await (const _ of batches(reader, MAPPING, end.signal, writes)) {
    taken += 1
    if (taken === count) end.abort()
  }
  return { time: performance.now() - began, reads: stream.reads }
}

test('a stream of single records is polled as often as an empty shard', async () => {
  const { time, reads } = await take(10, new Stream(() => 1))
  expect(reads).toBe(10)
  expect(time).toBeGreaterThan(9 * 20)
})

test('a backlog is read without a pause', async () => {
  const { time, reads } = await take(200, new Stream((limit) => limit))
  expect(reads).toBe(200)
  expect(time).toBeLessThan(200 * 20)
})

test('a shard at rest is polled rarely, and at once after a write to its table', async () => {
  const writes = new TableWrites()
  let records = 0
  const stream = new Stream(() => records)
  const taken = take(1, stream, writes)
  await setTimeout(600)
  const atRest = stream.reads
  await setTimeout(1000)
  expect(stream.reads - atRest).toBeLessThanOrEqual(5)
  records = 1
  writes.announce('arn:aws:dynamodb:us-east-1:000000000000:table/Another')
  const before = stream.reads
  await setTimeout(0)
  expect(stream.reads).toBe(before)
  writes.announce('arn:aws:dynamodb:us-east-1:000000000000:table/Test')
  const announced = performance.now()
  await taken
  expect(performance.now() - announced).toBeLessThan(20)
})
