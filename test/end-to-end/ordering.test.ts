import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'
import { Subscriber } from '../support/subscriber.ts'

const NOWHERE = '3b241101-e2bb-4255-8caf-4136c566a962'

let run: LocalRun

beforeAll(async () => {
  run = await LocalRun.start()
}, 60_000)
afterAll(() => run?.remove(), 30_000)

async function stocked(amount: number): Promise<string> {
  const { data } = await run.graphql(
    'mutation ($amount: Int!) { restockProduct(input: { amount: $amount }) { id } }',
    { amount },
  )
  return data?.restockProduct?.id ?? ''
}

const place = (input: object) =>
  run.graphql(
    `mutation ($input: PlaceOrderInput!) {
      placeOrder(input: $input) { id version status productId quantity reason }
    }`,
    { input },
  )

async function placed(productId: string, quantity: number): Promise<string> {
  const { data } = await place({ productId, quantity })
  return data?.placeOrder?.id ?? ''
}

const cancel = (id: string) =>
  run.graphql('mutation ($id: ID!) { cancelOrder(input: { id: $id }) { id status } }', { id })

async function order(id: string) {
  const query = 'query ($id: ID!) { order(id: $id) { version status reason } }'
  return (await run.graphql(query, { id })).data?.order
}

async function settled(id: string) {
  return eventually(async () => {
    const found = await order(id)
    return found?.status === 'PLACED' ? undefined : found
  })
}

async function left(id: string) {
  const query = 'query ($id: ID!) { product(id: $id) { quantity } }'
  return (await run.graphql(query, { id })).data?.product?.quantity
}

test('an order is placed, and confirmed once its products are reserved', async () => {
  const productId = await stocked(5)
  const { data, errors } = await place({ productId, quantity: 3 })
  expect(errors).toBeUndefined()
  const { id = '' } = data?.placeOrder ?? {}
  expect(data?.placeOrder).toEqual({
    id,
    version: 1,
    status: 'PLACED',
    productId,
    quantity: 3,
    reason: null,
  })
  expect(await settled(id)).toEqual({ version: 2, status: 'CONFIRMED', reason: null })
  expect(await left(productId)).toBe(2)
})

test('an order of more than there is is rejected with the reason', async () => {
  const productId = await stocked(1)
  const id = await placed(productId, 2)
  expect(await settled(id)).toEqual({
    version: 2,
    status: 'REJECTED',
    reason: 'Only 1 of the product are left',
  })
  expect((await cancel(id)).errors).toMatchObject([{ errorType: 'OrderNotOpen' }])
})

test('an order of what was never there, however much of it, is rejected', async () => {
  const id = await placed(NOWHERE, 2 ** 31 - 1)
  expect(await settled(id)).toMatchObject({
    status: 'REJECTED',
    reason: 'There is no such product',
  })
})

test('a cancelled order gives back what was reserved for it', async () => {
  const productId = await stocked(5)
  const id = await placed(productId, 3)
  await settled(id)
  expect((await cancel(id)).data?.cancelOrder).toEqual({ id, status: 'CANCELLED' })
  await eventually(async () => ((await left(productId)) === 5 ? true : undefined))
})

test('an order that is sent twice is one', async () => {
  const productId = await stocked(5)
  const input = { productId, quantity: 2, commandId: 'twice' }
  const [first, second] = [await place(input), await place(input)]
  expect(second).toEqual(first)
  await settled(first.data?.placeOrder?.id ?? '')
  expect(await left(productId)).toBe(3)
})

test('a cancellation that is sent twice is one', async () => {
  const productId = await stocked(5)
  const id = await placed(productId, 3)
  await settled(id)
  const send = () =>
    run.graphql(
      'mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { id version status } }',
      { input: { id, commandId: 'cancelled twice' } },
    )
  const [first, second] = [await send(), await send()]
  expect(first.data?.cancelOrder).toEqual({ id, version: 3, status: 'CANCELLED' })
  expect(second).toEqual(first)
  expect((await cancel(id)).errors).toMatchObject([{ errorType: 'OrderNotOpen' }])
  await eventually(async () => ((await left(productId)) === 5 ? true : undefined))
})

test('what was never ordered cannot be cancelled', async () => {
  const { errors } = await cancel(NOWHERE)
  expect(errors).toMatchObject([{ errorType: 'ResourceNotFound' }])
})

test('no client takes the command id of a reaction, which would then be passed over', async () => {
  const productId = await stocked(5)
  const input = { id: productId, commandId: 'reaction-GFKpIcZ8Vv' }
  const { errors } = await run.graphql(
    'mutation ($input: ReserveProductInput!) { reserveProduct(input: $input) { id } }',
    { input },
  )
  expect(errors).toMatchObject([{ errorType: 'InvalidArgument' }])
  expect(await left(productId)).toBe(5)
})

test.each([
  [{ productId: 'no-uuid', quantity: 1 }, 'InvalidId'],
  [{ productId: NOWHERE, quantity: 0 }, 'InvalidOrderQuantity'],
  [{ productId: NOWHERE, quantity: -1 }, 'InvalidOrderQuantity'],
])('an order of %p is refused: %s', async (input, errorType) => {
  expect((await place(input)).errors).toMatchObject([{ errorType }])
})

test.each([1.5, 2 ** 31])('an order of %p is none, by the schema', async (quantity) => {
  const { errors } = await place({ productId: NOWHERE, quantity })
  expect(errors).toMatchObject([{ message: expect.stringContaining('Int cannot represent') }])
})

test('who follows an order hears of each event', async () => {
  const productId = await stocked(5)
  const subscriber = await Subscriber.connect(run.outputs)
  const all = await subscriber.subscribe('subscription { onOrderEvent { id number type } }')
  const id = await placed(productId, 1)
  await subscriber.message(all, { id, number: 1, type: 'OrderPlaced' })
  await subscriber.message(all, { id, number: 2, type: 'OrderConfirmed' })
  await subscriber.close()
})

test('one trace id leads from the request to all that came of it', async () => {
  const productId = await stocked(5)
  const id = await placed(productId, 1)
  await settled(id)
  const { data } = await run.graphql(
    `query ($id: ID!, $productId: ID!) {
      orderEvents(id: $id) { type traceId }
      productEvents(id: $productId, after: 1) { type traceId }
    }`,
    { id, productId },
  )
  const [{ traceId = '' } = {}] = data?.orderEvents ?? []
  expect(traceId).toMatch(/^1-/)
  expect(data).toEqual({
    orderEvents: [
      { type: 'OrderPlaced', traceId },
      { type: 'OrderConfirmed', traceId },
    ],
    productEvents: [{ type: 'ProductReserved', traceId }],
  })
  expect(run.output).toMatch(new RegExp(`about: 'reaction', traceId: '${traceId}'.*OrderPlaced`))
})
