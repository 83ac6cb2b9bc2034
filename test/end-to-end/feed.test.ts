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
  everything = await subscriber.subscribe('subscription { onProductEvent { id number } }')
})
afterEach(() => subscriber?.close())

async function restock(amount: number, id?: string): Promise<string> {
  const { data } = await run.graphql(
    'mutation ($input: RestockProductInput!) { restockProduct(input: $input) { id } }',
    { input: { amount, ...(id && { id }) } },
  )
  return data?.restockProduct?.id ?? ''
}

/** A product whose first event has been published, so that it comes to no later subscription. */
async function stocked(amount: number): Promise<string> {
  const id = await restock(amount)
  await subscriber.message(everything, { id, number: 1 })
  return id
}

const reserve = (id: string) =>
  run.graphql(`mutation { reserveProduct(input: { id: "${id}" }) { id } }`)

test('a committed event reaches a subscriber with every field, as the history has it', async () => {
  const id = await stocked(1)
  const all = await subscriber.subscribe(
    `subscription ($id: ID) { onProductEvent(id: $id) { ${EVERY_FIELD} } }`,
    { id },
  )
  await restock(5, id)
  await reserve(id)
  const messages = await subscriber.messages(all, 2)
  const { data } = await run.graphql(`{ productEvents(id: "${id}", after: 1) { ${EVERY_FIELD} } }`)
  expect(messages).toEqual(data?.productEvents)
})

test('with an id, the events of other products do not come', async () => {
  const [one, other] = [await stocked(9), await stocked(9)]
  const ofOne = await subscriber.subscribe(
    `subscription { onProductEvent(id: "${one}") { id number } }`,
  )
  const ofAll = await subscriber.subscribe('subscription { onProductEvent { id number } }')
  for (const id of [other, one, other, one]) await reserve(id)
  const mine = (messages: unknown[]) => JSON.parse(JSON.stringify(messages))
  const all: { id: string; number: number }[] = mine(await subscriber.messages(ofAll, 4))
  expect(all).toHaveLength(4)
  expect(all).toEqual(
    expect.arrayContaining([one, other].flatMap((id) => [2, 3].map((number) => ({ id, number })))),
  )
  expect(await subscriber.messages(ofOne, 2)).toEqual([2, 3].map((number) => ({ id: one, number })))
})

test('with a type, only events of that type come', async () => {
  const reserved = await subscriber.subscribe(
    'subscription { onProductEvent(type: "ProductReserved") { id type amount } }',
  )
  const id = await restock(2)
  await reserve(id)
  await reserve(id)
  const event = { id, type: 'ProductReserved', amount: null }
  expect(await subscriber.messages(reserved, 2)).toEqual([event, event])
})

test('every subscriber of an event receives it', async () => {
  const others = await Promise.all([1, 2, 3].map(() => Subscriber.connect(run.outputs)))
  const query = 'subscription { onProductEvent(type: "ProductRestocked") { id amount } }'
  const ids = await Promise.all(others.map((other) => other.subscribe(query)))
  const id = await restock(42)
  for (const [index, other] of others.entries()) {
    expect(await other.messages(ids[index] ?? '', 1)).toEqual([{ id, amount: 42 }])
    await other.close()
  }
})

test('a refused command publishes nothing', async () => {
  const id = await stocked(1)
  const all = await subscriber.subscribe(`subscription { onProductEvent(id: "${id}") { number } }`)
  await reserve(id)
  expect((await reserve(id)).errors).toHaveLength(1)
  await restock(1, id)
  expect(await subscriber.messages(all, 2)).toEqual([{ number: 2 }, { number: 3 }])
})

describe('publishing is for the feed function alone', () => {
  const publish = `mutation {
    publishProductEvent(event: { id: "x", number: 1, type: "x", created: "2030-01-01T00:00:00Z" }) {
      id
    }
  }`

  test('an API key is not enough', async () => {
    const { data, errors } = await run.graphql(publish)
    expect(data?.publishProductEvent ?? null).toBeNull()
    expect(errors).toMatchObject([{ errorType: 'Unauthorized' }])
  })

  test.each([
    ['no key and no signature', {}],
    ['a wrong key', { 'x-api-key': 'da2-aaaaaaaaaaaaaaaaaaaaaaaaaa' }],
    [
      'a signature of somebody unknown',
      {
        authorization:
          'AWS4-HMAC-SHA256 Credential=ASIAAAAAAAAAAAAAAAAA/20300101/us-east-1/appsync/aws4_request, SignedHeaders=host, Signature=00',
        'x-amz-date': '20300101T000000Z',
      },
    ],
  ])('%s is refused', async (_, headers) => {
    const response = await fetch(run.outputs.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: publish }),
    })
    expect(response.ok).toBe(false)
    expect(await response.json()).toMatchObject({ errors: [{ errorType: expect.any(String) }] })
  })
})
