import {
  bind,
  commitTogether,
  dynamoDBEventStore,
  type EventStore,
  OutcomeUnknown,
  within,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { withDynamoDBProxy } from '../support/dynamodb-proxy.ts'
import { refusal } from '../support/refusal.ts'

/** Another process. */
class Elsewhere extends Concert {}

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)
const seatsAdded = { type: 'SeatsAdded', amount: 1 } as const
const isWrite = (operation: string) => ['PutItem', 'TransactWriteItems'].includes(operation)
let store: EventStore
/** The same table without the proxy, for the writes of another process. */
let elsewhere: EventStore

beforeEach(async () => {
  const tableName = await dynamodb.newTable()
  store = dynamoDBEventStore({ tableName, client: proxy.client() })
  elsewhere = dynamoDBEventStore({ tableName, client: dynamodb.client })
  bind(Concert, store)
})

function loseAnswers(upTo: number): void {
  proxy.fault = ({ operation, count }) =>
    isWrite(operation) && count <= upTo ? 'answer lost' : undefined
}

const numbers = async ({ id }: Concert) =>
  (await new Concert(id).events()).map(({ number }) => number)

describe('a write with a lost answer is recognised as committed, without a conflict', () => {
  test('one event with an expectedVersion', async () => {
    loseAnswers(1)
    const concert = new Concert()
    const [event] = await concert.commit(seatsAdded, { expectedVersion: 0 })
    expect(proxy.count('PutItem')).toBe(2)
    expect(concert).toMatchObject({ version: 1, quantity: 1 })
    expect(await concert.events()).toEqual([event])
  })

  test('several events of one commit', async () => {
    loseAnswers(2)
    const concert = new Concert()
    const events = await concert.commit([seatsAdded, seatsAdded, seatsAdded], {
      expectedVersion: 0,
    })
    expect(proxy.count('TransactWriteItems')).toBe(3)
    expect(concert).toMatchObject({ version: 3, quantity: 3 })
    expect(await concert.events()).toEqual(events)
  })

  test('a commit of several resources, one of them without an event', async () => {
    const [one, other, looked] = [new Concert(), new Concert(), new Concert()]
    loseAnswers(1)
    const [first, second] = await commitTogether([one, other, looked], () => [
      seatsAdded,
      [seatsAdded, seatsAdded],
      undefined,
    ])
    expect(proxy.count('TransactWriteItems')).toBe(2)
    expect(await one.events()).toEqual(first)
    expect(await other.events()).toEqual(second)
    expect(await numbers(looked)).toEqual([])
  })

  test.each([
    ['one event', [seatsAdded]],
    ['several events', [seatsAdded, seatsAdded]],
  ])('with another writer directly after it: %s', async (_, proposal) => {
    const concert = new Concert()
    const next = { ...seatsAdded, id: concert.id, number: proposal.length + 1 }
    const behind = { ...next, created: '2040-01-01T00:00:00Z', meta: { commandId: 'another' } }
    proxy.fault = ({ operation, count }) => {
      if (!isWrite(operation)) return undefined
      return count === 1 ? 'answer lost' : { until: elsewhere.append(behind) }
    }
    const events = await concert.commit(proposal)
    expect(events.map(({ number }) => number)).toEqual(proposal.map((_, index) => index + 1))
    expect(concert.version).toBe(proposal.length)
    proxy.fault = () => undefined
    await concert.reserve()
    expect(concert).toMatchObject({ version: proposal.length + 2, quantity: proposal.length })
  })

  test('several resources, with another writer after each of them', async () => {
    bind(Elsewhere, elsewhere)
    const resources = [new Concert(), new Concert(), new Concert()] as const
    const onTop = async () => {
      for (const { id } of resources) await new Elsewhere(id).addSeats(10)
    }
    proxy.fault = ({ operation, count }) => {
      if (operation !== 'TransactWriteItems') return undefined
      return count === 1 ? 'answer lost' : { until: onTop() }
    }
    const [one, other, none] = await commitTogether(resources, () => [
      seatsAdded,
      [seatsAdded, seatsAdded],
      undefined,
    ])
    expect(proxy.count('TransactWriteItems')).toBe(2)
    expect([one, other, none].map((events) => events.length)).toEqual([1, 2, 0])
    await Promise.all(resources.map((resource) => resource.hydrate()))
    expect(resources.map(({ quantity }) => quantity)).toEqual([11, 12, 10])
    expect((await resources[1].events()).slice(0, 2)).toEqual(other)
  })
})

describe('a write without any answer', () => {
  test.each([
    ['one event', [seatsAdded]],
    ['several events', [seatsAdded, seatsAdded]],
  ])(
    'fails with OutcomeUnknown, and a repetition returns the committed events: %s',
    async (_, events) => {
      loseAnswers(Number.POSITIVE_INFINITY)
      const concert = new Concert()
      const commandId = 'the client’s own'
      const commit = (instance = concert) =>
        within(300, () => instance.commit(events, { commandId, expectedVersion: 0 }))
      const error = await refusal(commit(), OutcomeUnknown)
      expect(error.data).toEqual({ id: concert.id, number: 1, commandId })
      expect(error.cause).toBeInstanceOf(Error)
      expect(concert).toMatchObject({ version: 0, quantity: 0 })
      proxy.fault = () => undefined
      const committed = await commit()
      expect(committed).toHaveLength(events.length)
      expect(await commit(new Concert(concert.id))).toEqual(committed)
      expect(await concert.events()).toEqual(committed)
      expect(concert.quantity).toBe(events.length)
    },
  )

  test('fails with a generated commandId to repeat when the caller gave none', async () => {
    loseAnswers(Number.POSITIVE_INFINITY)
    const concert = new Concert()
    const { data } = await refusal(
      within(200, () => concert.addSeats(1)),
      OutcomeUnknown,
    )
    const [event] = await concert.events()
    expect(data).toEqual({ id: concert.id, number: 1, commandId: event?.meta?.commandId })
    proxy.fault = () => undefined
    expect(await concert.addSeats(1, { commandId: `${data.commandId}` })).toEqual([event])
  })

  test('to several resources returns the events of each when it is repeated', async () => {
    const concerts = [new Concert(), new Concert()] as const
    const commit = () =>
      commitTogether(concerts, () => [seatsAdded, seatsAdded], { commandId: 'both' })
    loseAnswers(Number.POSITIVE_INFINITY)
    const error = await refusal(within(200, commit), OutcomeUnknown)
    expect(error.data).toEqual({ id: concerts[0].id, number: 1, commandId: 'both' })
    proxy.fault = () => undefined
    const [one, other] = await commit()
    expect(await concerts[0].events()).toEqual(one)
    expect(await concerts[1].events()).toEqual(other)
    expect([one, other].flat().map(({ number }) => number)).toEqual([1, 1])
  })
})
