import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { StoreUnavailable } from '../../errors.ts'
import type { StoredEvent } from '../../event.ts'
import { Misuse } from '../../runtime/composed-errors.ts'
import type { Appended, EventStore, Step, Transacted } from '../event-store.ts'
import { indexed, isSameEvent } from '../stored-event.ts'
import { sharedClient } from './client.ts'
import { pagesOfHistory } from './history.ts'
import { eventOf, type Item, itemOf } from './items.ts'
import { pagesOfOwned } from './owned.ts'
import { Pages } from './pages/pages.ts'
import { isFailure, send } from './requests.ts'
import { write } from './retries.ts'
import { pagesOfScan } from './scan.ts'

/** Options of {@link dynamoDBEventStore}. */
export interface DynamoDBEventStoreOptions {
  /**
   * The name of a table with the partition key `id` (string) and the sort key `number` (number).
   * Undefined fails at first use, so that a function's file can be imported without its
   * environment.
   */
  readonly tableName: string | undefined
  /**
   * The client, which sets the region and the connections. Default: one client for all stores of
   * the process, with timeouts for a silent endpoint. The store retries failed requests itself and
   * ignores the client's `maxAttempts` and `retryStrategy`. The store runs the custom middleware
   * that the client has at the first request.
   */
  readonly client?: DynamoDBClient
}

const IF_FREE = {
  ConditionExpression: 'attribute_not_exists(id)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const

/** All DynamoDB stores, so that a transaction can span several of them. */
const stores = new WeakMap<EventStore, { readonly client: DynamoDBClient; table(): string }>()

/**
 * Returns an event store on DynamoDB. Writes one item per event with a conditional put, and never
 * updates or deletes items.
 */
export function dynamoDBEventStore(options: DynamoDBEventStoreOptions): EventStore {
  const { client = sharedClient(), tableName } = options
  const name = tableName ?? '(no table)'

  function table(): string {
    if (tableName) return tableName
    throw new StoreUnavailable(
      'The event store has no table name: set the environment variable that its function reads',
      { store: name },
    )
  }

  const store: EventStore = {
    name,

    // 5. The put requires that no event has this number yet.
    async append(event) {
      const put = { TableName: table(), Item: itemOf(indexed(event)), ...IF_FREE }
      return write(name, event, async (attempt): Promise<Appended> => {
        try {
          await send(client, 'PutItem', put, attempt)
          return { outcome: 'stored' }
        } catch (error) {
          const by =
            isFailure(error, 'ConditionalCheckFailedException') && conflictingEvent(error.Item)
          if (!by) throw error
          return isSameEvent(by, event) ? { outcome: 'stored' } : { outcome: 'taken', by }
        }
      })
    },

    async transact(steps) {
      const [event] = steps.flatMap((step) => step.event ?? [])
      if (!event) throw new Misuse('A transaction must contain an event')
      const request = { TransactItems: steps.map((step) => transactItem(step, client)) }
      return write(name, event, async (attempt): Promise<Transacted> => {
        try {
          await send(client, 'TransactWriteItems', request, attempt)
          return { outcome: 'stored' }
        } catch (error) {
          if (!isFailure(error, 'TransactionCanceledException')) throw error
          const by = (error.CancellationReasons ?? []).map(({ Item }) => conflictingEvent(Item))
          if (by.every((stored) => !stored)) throw error
          return isOwnEarlierAttempt(steps, by) ? { outcome: 'stored' } : { outcome: 'taken', by }
        }
      })
    },

    history: (id, range) => pagesOfHistory(new Pages(client, table()), id, range),
    scan: (range) => pagesOfScan(new Pages(client, table()), range),
    owned: (owner, range) => pagesOfOwned(new Pages(client, table()), owner, range),
  }
  stores.set(store, { client, table })
  return store
}

function transactItem({ store, id, number, event }: Step, client: DynamoDBClient) {
  const known = stores.get(store)
  if (!known) {
    throw new Misuse(
      `${store.name} is a store of another kind: a transaction needs stores of one kind`,
    )
  }
  // Another client may use another region, where the same table name is a different table.
  if (known.client !== client) {
    throw new Misuse(`${store.name} has another client: a transaction needs stores with one client`)
  }
  const TableName = known.table()
  return event
    ? { Put: { TableName, Item: itemOf(indexed(event)), ...IF_FREE } }
    : { ConditionCheck: { TableName, Key: itemOf({ id, number }), ...IF_FREE } }
}

function conflictingEvent(item: Item | undefined): StoredEvent | undefined {
  return item && eventOf(item)
}

/** Whether an earlier attempt succeeded: then all of its events are stored. */
function isOwnEarlierAttempt(
  steps: readonly Step[],
  by: readonly (StoredEvent | undefined)[],
): boolean {
  return steps.every(({ event }, index) => {
    const stored = by[index]
    return event === undefined || (stored !== undefined && isSameEvent(stored, event))
  })
}
