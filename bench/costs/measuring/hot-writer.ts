// Commits to one product, as one Lambda environment does, in its own process. Begins when the
// parent sends a message.
import { bind, dynamoDBEventStore, within } from '../../../lib/event-sourcing/index.ts'
import { meteredClient } from '../../event-store/meter.ts'
import { say, taskText, whenTold } from '../../event-store/parent.ts'
import { Product } from '../../event-store/product.ts'
import { type Taken, taken } from '../../event-store/statistics.ts'

export interface HotWriterTask {
  readonly endpoint: string
  readonly tableName: string
  readonly id: string
  /** The commits, one after another. */
  readonly commits: number
}

export interface HotWriterResult {
  readonly requests: number
  readonly commits: readonly Taken[]
}

/** The time limit of a commit, in milliseconds: it is never reached. */
const LIMIT = 60_000

const { endpoint, tableName, id, commits }: HotWriterTask = JSON.parse(taskText())
const { client, meter } = meteredClient(endpoint)
bind(Product, dynamoDBEventStore({ tableName, client }))
const commit = () => within(LIMIT, () => new Product(id).restock(1))
await commit()
say('ready')
await whenTold()
meter.take()
const all: Taken[] = []
for (let count = 0; count < commits; count += 1) all.push(await taken(commit))
const result: HotWriterResult = { requests: meter.take().requests, commits: all }
say(result)
client.destroy()
process.disconnect()
