import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { type Fault, withDynamoDBProxy } from '../support/dynamodb-proxy.ts'
import { runScript } from '../support/scripts.ts'

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)
let tableName: string
let concert: Concert

beforeEach(async () => {
  tableName = await dynamodb.newTable()
  bind(Concert, dynamoDBEventStore({ tableName, client: dynamodb.client }))
  concert = new Concert()
})

/** Runs a process that adds a seat with the commandId `once`. Returns the printed outcome. */
async function seatsAdded({ endpoint = proxy.endpoint, maxAttempts = 1, time = 10_000 } = {}) {
  const options = [endpoint, tableName, concert.id, `${maxAttempts}`, `${time}`]
  const output = await runScript('seat-adder', ...options)
  const outcome: { code: string; data: unknown; cause?: string } = JSON.parse(output)
  return outcome
}

const unknown = () => ({
  code: 'OutcomeUnknown',
  data: { id: concert.id, number: 1, commandId: 'once' },
})

test('an unreachable endpoint fails with StoreUnavailable', async () => {
  const dead = { code: 'StoreUnavailable', data: { store: tableName }, cause: 'ECONNREFUSED' }
  expect(await seatsAdded({ endpoint: 'http://127.0.0.1:1', time: 500 })).toEqual(dead)
  expect(await seatsAdded({ endpoint: 'http://nowhere.invalid', time: 500 })).toMatchObject({
    code: 'StoreUnavailable',
  })
})

test.each<Fault>(['cut', 'answer lost', 'silence'])(
  'a put with one fault "%s" is committed once',
  async (fault) => {
    proxy.fault = ({ operation, count }) =>
      operation === 'PutItem' && count === 1 ? fault : undefined
    expect(await seatsAdded()).toEqual({ code: 'committed', data: { number: 1 } })
    expect(await concert.events()).toHaveLength(1)
  },
)

test.each<[Fault, number]>([
  ['cut', 0],
  ['answer lost', 1],
  ['answer halved', 1],
  ['silence', 0],
])(
  'a put that always has the fault "%s" fails with OutcomeUnknown and can be repeated',
  async (fault, stored) => {
    proxy.fault = ({ operation }) => (operation === 'PutItem' ? fault : undefined)
    expect(await seatsAdded({ time: 1500 })).toMatchObject(unknown())
    expect(await concert.events()).toHaveLength(stored)
    proxy.fault = () => undefined
    expect(await seatsAdded()).toEqual({ code: 'committed', data: { number: 1 } })
    expect(await concert.events()).toHaveLength(1)
  },
)

test.each([1, 3])(
  'a put with a lost answer stays OutcomeUnknown when the endpoint closes: %d client attempts',
  async (maxAttempts) => {
    proxy.fault = ({ operation }) => {
      if (operation !== 'PutItem') return undefined
      proxy.close()
      return 'answer lost'
    }
    expect(await seatsAdded({ maxAttempts, time: 1500 })).toMatchObject(unknown())
    expect(await concert.events()).toHaveLength(1)
  },
)

test.each<Fault>(['cut', 'answer lost', 'silence'])(
  'a read with one fault "%s" is retried',
  async (fault) => {
    proxy.fault = ({ operation, count }) =>
      operation === 'Query' && count === 1 ? fault : undefined
    expect(await seatsAdded()).toEqual({ code: 'committed', data: { number: 1 } })
  },
)
