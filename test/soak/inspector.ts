import { setTimeout as delay } from 'node:timers/promises'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import {
  type Checkpoint,
  dynamoDBCheckpointStore,
} from '../../lib/event-sourcing/reactions/index.ts'
import { startDynamoDB } from '../../lib/local/dynamodb/index.ts'
import { type Histories, type StoredEvent, unhandled } from './books.ts'
import type { FaultyRun } from './run.ts'

/** The names of an app for its bookings and its concerts. */
export interface Names {
  readonly reactor: string
  readonly bookings: string
  readonly concert: string
  readonly concertEvents: string
  readonly bookingEvents: string
  /** The attribute of an event that names the concert. */
  readonly concertId: string
  /** The types of events, by the types of the app. */
  readonly types: Readonly<Record<string, string>>
}

/** The names of the tests' app. */
const BOOKINGS: Names = {
  reactor: 'bookings.fulfilment',
  bookings: 'bookings',
  concert: 'concert',
  concertEvents: 'concertEvents',
  bookingEvents: 'bookingEvents',
  concertId: 'concertId',
  types: {},
}
/** The names of the examples: an order is a booking of a product. */
export const ORDERS: Names = {
  reactor: 'ordering.fulfilment',
  bookings: 'orders',
  concert: 'product',
  concertEvents: 'productEvents',
  bookingEvents: 'orderEvents',
  concertId: 'productId',
  types: {
    ProductRestocked: 'SeatsAdded',
    ProductReserved: 'SeatsReserved',
    ProductReleased: 'SeatsReleased',
    OrderPlaced: 'BookingPlaced',
    OrderConfirmed: 'BookingConfirmed',
    OrderRejected: 'BookingRejected',
    OrderCancelled: 'BookingCancelled',
  },
}
const READERS = 8
/**
 * The interval of the reconciler and some more, in milliseconds. A minute of the run lasts a tenth
 * of a second, so six hours last 36 seconds.
 */
const RECONCILED = 40_000

/** Inspects the state of a run after all faults have ended. */
export class Inspector {
  readonly #run: FaultyRun
  readonly #names: Names

  constructor(run: FaultyRun, names = BOOKINGS) {
    this.#run = run
    this.#names = names
  }

  /** Retries parked resources at once, because their pauses are longer than a test. */
  async #tryParkedAgain(): Promise<void> {
    const parked = `query ($reactor: String!) { parkedReactions(reactor: $reactor, limit: 1000) { id } }`
    const { data } = await this.#run.current.operate(parked, { reactor: this.#names.reactor })
    for (const { id } of data?.parkedReactions ?? []) {
      const retry = `mutation ($input: RetryReactionInput!) { retryReaction(input: $input) { id } }`
      await this.#run.current.operate(retry, { input: { reactor: this.#names.reactor, id } })
    }
  }

  /** Makes the reactor handle all events of these bookings again. */
  async replay(ids: readonly string[]): Promise<void> {
    const replay = `mutation ($input: ReplayReactorInput!) { replayReactor(input: $input) { rewound } }`
    for (const id of ids) {
      const { data } = await this.#run.current.operate(replay, {
        input: { reactor: this.#names.reactor, id },
      })
      expect(data?.replayReactor).toEqual({ rewound: 1 })
    }
  }

  /** Returns the work that is left according to the reactor. */
  async behind(bookings: number): Promise<readonly string[]> {
    const query = `query ($reactor: String!) {
      reactorProgress(reactor: $reactor) { resources behind parked }
    }`
    const { data } = await this.#run.current.operate(query, { reactor: this.#names.reactor })
    const { resources, behind, parked } = data?.reactorProgress ?? {}
    const isDone = resources === bookings && behind === 0 && parked === 0
    return isDone ? [] : [`of ${bookings}: ${JSON.stringify(data?.reactorProgress)}`]
  }

  async #openBookings(): Promise<readonly string[]> {
    const open: string[] = []
    let nextToken: string | null | undefined
    do {
      const query = `query ($nextToken: String) {
        bookings: ${this.#names.bookings}(limit: 100, nextToken: $nextToken) { items { id status } nextToken }
      }`
      const { data, errors } = await this.#run.graphql(query, { nextToken })
      if (!data?.bookings) throw new Error(JSON.stringify(errors))
      const { items } = data.bookings
      open.push(...items.flatMap(({ id, status }) => (status === 'PLACED' ? [id] : [])))
      nextToken = data.bookings.nextToken
    } while (nextToken)
    return open
  }

  /** Returns the number of seats that each concert has left according to the API. */
  async quantities(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const query = `query ($id: ID!) { concert: ${this.#names.concert}(id: $id) { quantity } }`
    const found = new Map<string, number>()
    for (const id of ids) {
      const { data } = await this.#run.graphql(query, { id })
      found.set(id, data?.concert?.quantity ?? Number.NaN)
    }
    return found
  }

  async histories(
    field: 'concertEvents' | 'bookingEvents',
    ids: readonly string[],
  ): Promise<Histories> {
    const { concertId, types } = this.#names
    const fields =
      field === 'concertEvents'
        ? 'amount quantity reference'
        : `concertId: ${concertId} quantity reserved`
    const query = `query ($id: ID!, $after: Int) {
      events: ${this.#names[field]}(id: $id, after: $after, limit: 1000) { id number type commandId ${fields} }
    }`
    const found = new Map(ids.map((id) => [id, [] as StoredEvent[]]))
    const left = [...found]
    const reader = async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [id, all] = next
        for (;;) {
          const answer = await this.#run.graphql(query, { id, after: all.length })
          const { events }: { events: StoredEvent[] } = JSON.parse(JSON.stringify(answer.data))
          if (events.length === 0) break
          all.push(...events.map((event) => ({ ...event, type: types[event.type] ?? event.type })))
        }
      }
    }
    await Promise.all(Array.from({ length: READERS }, reader))
    return found
  }

  /**
   * Returns the bookings that the reactor has not handled. Ends the run to read the table. Restarts
   * the run while the reconciler still has bookings to find.
   */
  async handled(bookings: Histories, within: number): Promise<readonly string[]> {
    for (const until = Date.now() + within; ; await delay(RECONCILED)) {
      await this.#run.current.end()
      const left = unhandled(bookings, await this.#checkpoints())
      if (left.length === 0 || Date.now() > until) return left
      await this.#run.start({})
    }
  }

  async #checkpoints(): Promise<ReadonlyMap<string, Checkpoint>> {
    const dynamodb = await startDynamoDB({ dataDir: this.#run.dynamodb })
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    const client = new DynamoDBClient({
      endpoint: dynamodb.endpoint,
      region: 'us-east-1',
      credentials,
    })
    try {
      const { TableNames = [] } = await client.send(new ListTablesCommand())
      const tableName = TableNames.find((name) => name.includes('Checkpoints'))
      const found = new Map<string, Checkpoint>()
      for await (const checkpoint of dynamoDBCheckpointStore({ tableName, client }).all(
        this.#names.reactor,
      )) {
        found.set(checkpoint.id, checkpoint)
      }
      return found
    } finally {
      client.destroy()
      await dynamodb.stop()
    }
  }

  /**
   * Repeats `look` until no problem is left, or until nothing changes for `within` milliseconds.
   * Returns the problems.
   */
  async quiet(within: number, look: () => Promise<readonly string[]>): Promise<readonly string[]> {
    let problems: readonly string[] = []
    let open = await this.#openBookings()
    for (let until = Date.now() + within; Date.now() < until; await delay(1000)) {
      await this.#tryParkedAgain()
      const before = open.length
      open = await this.#openBookings()
      // A queue that gets shorter does not hang.
      if (open.length < before) until = Date.now() + within
      problems = open.length > 0 ? [`${open.length} bookings hang: ${open}`] : await look()
      if (problems.length === 0) break
    }
    return problems
  }
}
