import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { runScript } from '../support/scripts.ts'

const dynamodb = withDynamoDB()

interface Outcome {
  readonly commandId: string
  readonly numbers?: readonly number[]
  readonly refused?: string
}

/** Runs four processes with 16 commands each, all on one concert. */
async function contend(tableName: string, id: string): Promise<Outcome[]> {
  const outputs = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) =>
      runScript('contender', dynamodb.endpoint, tableName, id, name),
    ),
  )
  return outputs.flatMap((output) => JSON.parse(output))
}

async function opened(amount: number) {
  const tableName = await dynamodb.newTable()
  bind(Concert, dynamoDBEventStore({ tableName, client: dynamodb.client }), { held: 0 })
  const concert = new Concert()
  await concert.addSeats(amount)
  return { tableName, concert }
}

test.each([
  ['enough stock', 100, 64],
  ['too little stock', 40, 40],
])(
  'each of 64 commands of 4 processes is committed once or rejected by a rule: %s',
  async (_, stock, reservations) => {
    const { tableName, concert } = await opened(stock)
    const outcomes = await contend(tableName, concert.id)

    const committed = outcomes.filter(({ numbers }) => numbers)
    const refused = outcomes.filter((outcome) => outcome.refused)
    expect(committed).toHaveLength(reservations)
    expect(refused.map((outcome) => outcome.refused)).toEqual(
      Array.from({ length: 64 - reservations }, () => 'SoldOut'),
    )
    const [, ...history] = await concert.events()
    const told = committed.map(({ commandId, numbers: [number] = [] }) => ({ commandId, number }))
    const kept = history.map(({ number, meta }) => ({ commandId: meta?.commandId, number }))
    expect(told.sort((one, other) => Number(one.number) - Number(other.number))).toEqual(kept)
    expect(kept.map(({ number }) => number)).toEqual(
      Array.from({ length: reservations }, (_, index) => index + 2),
    )
    await concert.hydrate()
    expect(concert.quantity).toBe(stock - reservations)
  },
  60_000,
)

test('64 commands of 4 processes are committed only once when they are repeated', async () => {
  const { tableName, concert } = await opened(100)
  const first = await contend(tableName, concert.id)
  const second = await contend(tableName, concert.id)
  expect(second).toEqual(first)
  expect(await concert.events()).toHaveLength(65)
}, 60_000)
