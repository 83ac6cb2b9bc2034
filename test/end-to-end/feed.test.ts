import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LocalRun } from '../support/local-run.ts'
import { Subscriber } from '../support/subscriber.ts'

const EVERY_FIELD = 'id number type created amount commandId traceId truncated'
let run: LocalRun
let subscriber: Subscriber
let everything: string

beforeAll(async () => {
  run = await LocalRun.start()
}, 60_000)
afterAll(() => run?.remove(), 30_000)
beforeEach(async () => {
  subscriber = await Subscriber.connect(run.outputs)
  everything = await subscriber.subscribe('subscription { onConcertEvent { id number } }')
})
afterEach(() => subscriber?.close())

async function addSeats(amount: number, id?: string): Promise<string> {
  const { data } = await run.graphql(
    'mutation ($input: AddSeatsInput!) { addSeats(input: $input) { id } }',
    { input: { amount, ...(id && { id }) } },
  )
  return data?.addSeats?.id ?? ''
}

/**
 * Creates a concert and waits until its first event is published, so that later subscriptions do
 * not receive that event.
 */
async function opened(amount: number): Promise<string> {
  const id = await addSeats(amount)
  await subscriber.message(everything, { id, number: 1 })
  return id
}

const reserve = (id: string) =>
  run.graphql(`mutation { reserveSeats(input: { id: "${id}" }) { id } }`)

test('a subscriber receives a committed event with every field, as in the history', async () => {
  const id = await opened(1)
  const all = await subscriber.subscribe(
    `subscription ($id: ID) { onConcertEvent(id: $id) { ${EVERY_FIELD} } }`,
    { id },
  )
  await addSeats(5, id)
  await reserve(id)
  const messages = await subscriber.messages(all, 2)
  const { data } = await run.graphql(`{ concertEvents(id: "${id}", after: 1) { ${EVERY_FIELD} } }`)
  expect(messages).toEqual(data?.concertEvents)
})

test('a subscription with an id receives only the events of that concert', async () => {
  const [one, other] = [await opened(9), await opened(9)]
  const ofOne = await subscriber.subscribe(
    `subscription { onConcertEvent(id: "${one}") { id number } }`,
  )
  const ofAll = await subscriber.subscribe('subscription { onConcertEvent { id number } }')
  for (const id of [other, one, other, one]) await reserve(id)
  const mine = (messages: unknown[]) => JSON.parse(JSON.stringify(messages))
  const all: { id: string; number: number }[] = mine(await subscriber.messages(ofAll, 4))
  expect(all).toHaveLength(4)
  expect(all).toEqual(
    expect.arrayContaining([one, other].flatMap((id) => [2, 3].map((number) => ({ id, number })))),
  )
  expect(await subscriber.messages(ofOne, 2)).toEqual([2, 3].map((number) => ({ id: one, number })))
})

test('a subscription with a type receives only events of that type', async () => {
  const reserved = await subscriber.subscribe(
    'subscription { onConcertEvent(type: "SeatsReserved") { id type amount } }',
  )
  const id = await addSeats(2)
  await reserve(id)
  await reserve(id)
  const event = { id, type: 'SeatsReserved', amount: null }
  expect(await subscriber.messages(reserved, 2)).toEqual([event, event])
})

test('every subscriber receives an event', async () => {
  const others = await Promise.all([1, 2, 3].map(() => Subscriber.connect(run.outputs)))
  const query = 'subscription { onConcertEvent(type: "SeatsAdded") { id amount } }'
  const ids = await Promise.all(others.map((other) => other.subscribe(query)))
  const id = await addSeats(42)
  for (const [index, other] of others.entries()) {
    expect(await other.messages(ids[index] ?? '', 1)).toEqual([{ id, amount: 42 }])
    await other.close()
  }
})

test('a rejected command publishes no event', async () => {
  const id = await opened(1)
  const all = await subscriber.subscribe(`subscription { onConcertEvent(id: "${id}") { number } }`)
  await reserve(id)
  expect((await reserve(id)).errors).toHaveLength(1)
  await addSeats(1, id)
  expect(await subscriber.messages(all, 2)).toEqual([{ number: 2 }, { number: 3 }])
})

describe('only the feed function can publish', () => {
  const publish = `mutation {
    publishConcertEvent(event: { id: "x", number: 1, type: "x", created: "2030-01-01T00:00:00Z" }) {
      id
    }
  }`

  test('an API key is rejected', async () => {
    const { data, errors } = await run.graphql(publish)
    expect(data?.publishConcertEvent ?? null).toBeNull()
    expect(errors).toMatchObject([{ errorType: 'Unauthorized' }])
  })

  test.each([
    ['no key and no signature', {}],
    ['a wrong key', { 'x-api-key': 'da2-aaaaaaaaaaaaaaaaaaaaaaaaaa' }],
    [
      'a signature with an unknown access key',
      {
        authorization:
          'AWS4-HMAC-SHA256 Credential=ASIAAAAAAAAAAAAAAAAA/20300101/us-east-1/appsync/aws4_request, SignedHeaders=host, Signature=00',
        'x-amz-date': '20300101T000000Z',
      },
    ],
  ])('%s is rejected', async (_, headers) => {
    const response = await fetch(run.outputs.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: publish }),
    })
    expect(response.ok).toBe(false)
    expect(await response.json()).toMatchObject({ errors: [{ errorType: expect.any(String) }] })
  })
})

test('an event that a script commits to the local tables reaches a subscriber', async () => {
  const { stdout: id } = await promisify(execFile)(
    process.execPath,
    [
      `--env-file=${join(run.folder, 'tables.env')}`,
      ...['--import', 'tsx', join(__dirname, '../support/seat-script.ts')],
    ],
    { env: { PATH: process.env.PATH } },
  )
  await subscriber.message(everything, { id, number: 1 })
})
