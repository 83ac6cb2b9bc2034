import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { StoreUnavailable } from '../../errors.ts'
import type { StoredEvent } from '../../event.ts'
import type { Appended, EventStore, Step, Transacted } from '../event-store.ts'
import { isSameEvent } from '../stored-event.ts'
import { write } from './attempts.ts'
import { sharedClient } from './client.ts'
import { pagesOfHistory } from './history.ts'
import { eventOf, type Item, itemOf } from './items.ts'
import { Pages } from './pages.ts'
import { isFailure, send } from './requests.ts'
import { pagesOfScan } from './scan.ts'

/** Options of {@link dynamoDBEventStore}. */
export interface DynamoDBEventStoreOptions {
  /**
   * The table: partition key `id` (string), sort key `number` (number). Undefined is an error at
   * first use, so that a function's file can be imported where its environment is not set.
   */
  readonly tableName: string | undefined
  /**
   * Where the table is, and over which connections it is reached. Default: one client for all stores
   * of the process, that gives up on a silent endpoint. The store repeats failed requests itself:
   * a client's `maxAttempts` and `retryStrategy` mean nothing here. Middleware is run that a client
   * of your own has when the store sends its first request.
   */
  readonly client?: DynamoDBClient
}

const IF_FREE = {
  ConditionExpression: 'attribute_not_exists(id)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const

/** The stores of this kind, so that a transaction reaches all of them. */
const stores = new WeakMap<EventStore, { readonly client: DynamoDBClient; table(): string }>()

/** One item per event; conditional puts; no item is ever updated or deleted. */
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

    async append(event) {
      const put = { TableName: table(), Item: itemOf(event), ...IF_FREE }
      return write(name, event, async (attempt): Promise<Appended> => {
        try {
          await send(client, 'PutItem', put, attempt)
          return { outcome: 'stored' }
        } catch (error) {
          const by = isFailure(error, 'ConditionalCheckFailedException') && inTheWay(error.Item)
          if (!by) throw error
          return isSameEvent(by, event) ? { outcome: 'stored' } : { outcome: 'taken', by }
        }
      })
    },

    async transact(steps) {
      const [event] = steps.flatMap((step) => step.event ?? [])
      if (!event) throw new TypeError('A transaction without an event commits nothing')
      const request = { TransactItems: steps.map((step) => transactItem(step, client)) }
      return write(name, event, async (attempt): Promise<Transacted> => {
        try {
          await send(client, 'TransactWriteItems', request, attempt)
          return { outcome: 'stored' }
        } catch (error) {
          if (!isFailure(error, 'TransactionCanceledException')) throw error
          const by = (error.CancellationReasons ?? []).map(({ Item }) => inTheWay(Item))
          if (by.every((stored) => !stored)) throw error
          return isOurs(steps, by) ? { outcome: 'stored' } : { outcome: 'taken', by }
        }
      })
    },

    history: (id, range) => pagesOfHistory(new Pages(client, table()), id, range),
    scan: (range) => pagesOfScan(new Pages(client, table()), range),
  }
  stores.set(store, { client, table })
  return store
}

function transactItem({ store, id, number, event }: Step, client: DynamoDBClient) {
  const known = stores.get(store)
  if (!known) {
    throw new TypeError(`${store.name} is a store of another kind: one transaction needs one kind`)
  }
  // Another client may be one for another region, where a table of this name is another table.
  if (known.client !== client) {
    throw new TypeError(`${store.name} has another client: one transaction needs one client`)
  }
  const TableName = known.table()
  return event
    ? { Put: { TableName, Item: itemOf(event), ...IF_FREE } }
    : { ConditionCheck: { TableName, Key: itemOf({ id, number }), ...IF_FREE } }
}

function inTheWay(item: Item | undefined): StoredEvent | undefined {
  return item && eventOf(item)
}

/** An earlier try got through: then all that it had to put is there. */
function isOurs(steps: readonly Step[], by: readonly (StoredEvent | undefined)[]): boolean {
  return steps.every(({ event }, index) => {
    const stored = by[index]
    return event === undefined || (stored !== undefined && isSameEvent(stored, event))
  })
}
