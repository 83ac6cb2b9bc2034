import { randomUUID } from 'node:crypto'
import { eventually } from '../support/eventually.ts'
import type { LocalRun } from '../support/local-run.ts'
import { type Answer, ask } from './support/asking.ts'
import { type Caller, poolUser } from './support/callers.ts'
import { placeOrder, restock, startShop } from './support/shop.ts'
import { Socket } from './support/socket.ts'

jest.setTimeout(60_000)

let run: LocalRun
let alice: Caller
let bob: Caller
let operator: Caller
/** Orders of Alice's, in the order of their ids. */
let orders: readonly string[]
let product: string

beforeAll(async () => {
  run = await startShop({ stage: 'prod', apiKey: 'on' })
  alice = await poolUser(run, 'alice')
  bob = await poolUser(run, 'bob')
  operator = await poolUser(run, 'operator', { groups: ['staff'] })
  product = await restock(run, 1000)
  const placed = await Promise.all(Array.from({ length: 3 }, () => placeOrder(run, alice)))
  orders = placed.toSorted()
}, 60_000)
afterAll(() => run?.remove(), 30_000)

const typesOf = ({ errors }: Answer) => errors.map(({ errorType }) => errorType)

async function page(caller: Caller, nextToken: string | null): Promise<Answer> {
  const query =
    'query ($nextToken: String) { orders(limit: 1, nextToken: $nextToken) { items { id } nextToken } }'
  return ask(run, caller, query, { nextToken })
}

function tokenIn({ text }: Answer): Record<string, unknown> {
  const [, token = ''] = /"nextToken":"([\w-]+)"/.exec(text) ?? []
  return JSON.parse(Buffer.from(token, 'base64url').toString())
}

const tokenOf = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url')

describe('page tokens', () => {
  test('the token of another user, or of no user, is invalid', async () => {
    const content = tokenIn(await page(alice, null))
    expect(content).toMatchObject({ owner: 'alice' })
    const { owner: _, ...unlimited } = content
    const others = [content, unlimited, { ...content, owner: null }, { ...content, owner: ['bob'] }]

    for (const other of others) {
      const answer = await page(bob, tokenOf(other))
      expect(answer.data).toBeNull()
      expect(typesOf(answer)).toEqual(['InvalidArgument'])
    }
  })

  test('a token that is changed to an own one shows no order of another user', async () => {
    const content = tokenIn(await page(alice, null))
    for (const after of ['0', orders[0], '00000000-0000-0000-0000-000000000000']) {
      const { data } = await page(bob, tokenOf({ ...content, owner: 'bob', after }))
      expect(data).toEqual({ orders: { items: [], nextToken: null } })
    }
  })
})

describe('commandIds', () => {
  test('the commandId of another user makes an order of its own, and tells nothing', async () => {
    const commandId = randomUUID()
    const own = await placeOrder(run, alice, { commandId, productId: product, quantity: 3 })
    const input = { productId: product, quantity: 2, commandId }
    const query =
      'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { id quantity } }'
    const answer = await ask(run, bob, query, { input })

    expect(answer.errors).toEqual([])
    expect(answer.data).toMatchObject({ placeOrder: { quantity: 2 } })
    expect(answer.text).not.toContain(own)
  })

  test.each(['order', 'command'])(
    'a cancellation with the commandId of the %s is forbidden',
    async (of) => {
      const commandId = randomUUID()
      const placed = of === 'order' ? { commandId } : {}
      const id = await placeOrder(run, alice, { ...placed, productId: product })
      const query = 'mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { id } }'
      if (of === 'command') {
        expect((await ask(run, alice, query, { input: { id, commandId } })).errors).toEqual([])
      }
      const answer = await ask(run, bob, query, { input: { id, commandId } })

      expect(answer.data).toBeNull()
      expect(typesOf(answer)).toEqual(['Forbidden'])
    },
  )
})

describe('one operation for own and other resources', () => {
  test('shows the own order, and refuses the others in their places', async () => {
    const own = await placeOrder(run, bob)
    const [first = '', second = ''] = orders
    const query = `{
      other: order(id: "${first}") { id }
      own: order(id: "${own}") { id }
      upper: order(id: "${second.toUpperCase()}") { id }
      past: order(id: "${first}", version: 1) { id }
      mine: orders { items { id } }
      events: order(id: "${randomUUID()}") { id }
    }`
    const answer = await ask(run, bob, query)

    expect(answer.data).toMatchObject({ other: null, own: { id: own }, upper: null, past: null })
    expect(answer.text).not.toMatch(new RegExp(orders.join('|'), 'i'))
    expect(typesOf(answer)).toEqual(Array(4).fill('Forbidden'))
  })

  test('a mutation that is refused in its middle keeps what came before', async () => {
    const own = await placeOrder(run, bob, { productId: product })
    const query = `mutation {
      a: cancelOrder(input: { id: "${own}" }) { status }
      b: cancelOrder(input: { id: "${orders[0]}" }) { status }
    }`
    const answer = await ask(run, bob, query)

    expect(typesOf(answer)).toEqual(['Forbidden'])
    const after = await ask(run, alice, `{ order(id: "${orders[0]}") { status } }`)
    expect(after.data).toEqual({ order: { status: 'REJECTED' } })
    expect((await ask(run, bob, `{ order(id: "${own}") { status } }`)).data).toEqual({
      order: { status: 'CANCELLED' },
    })
  })
})

describe('groups', () => {
  test.each([
    'Staff',
    'STAFF',
    'staff ',
    ' staff',
    'staff,x',
    'x,staff',
    'st\u0430ff',
    'staff\u200b',
  ])('the group %j is not staff', async (name) => {
    const almost = await poolUser(run, 'almost', { groups: [name] })
    const query = 'mutation { restockProduct(input: { amount: 1 }) { id } }'

    expect(typesOf(await ask(run, almost, query))).toEqual(['Forbidden'])
    expect((await ask(run, operator, query)).errors).toEqual([])
  })
})

describe('subscriptions', () => {
  test('no argument widens the filter of an owner, and an authorization is that of its message', async () => {
    const ways: readonly [string, string, object][] = [
      ['all', 'subscription { onOrderEvent { id owner } }', {}],
      ['type', 'subscription { onOrderEvent(type: "OrderPlaced") { id owner } }', {}],
      ['id', 'subscription ($id: ID) { onOrderEvent(id: $id) { id owner } }', { id: orders[0] }],
      [
        'upper',
        'subscription ($id: ID) { onOrderEvent(id: $id) { id owner } }',
        { id: orders[0]?.toUpperCase() },
      ],
      ['unselected', 'subscription { onOrderEvent { id type productId } }', {}],
    ]
    const socket = await Socket.open(run, bob)
    for (const [id, query, variables] of ways) {
      expect(await socket.subscribe(id, query, variables)).toEqual({ id, type: 'start_ack' })
    }
    const refused = async (id: string, query: string, variables: object = {}) => {
      const { payload } = await socket.subscribe(id, query, variables)
      return payload?.errors?.map(({ errorType, message }) => errorType ?? message)
    }
    const nothing = 'subscription ($id: ID) { onOrderEvent(id: $id) { id } }'
    expect(await refused('null', nothing, { id: null })).toEqual(['InvalidArgument'])
    expect(await refused('absent', nothing)).toEqual(['InvalidArgument'])
    expect(await refused('owner', 'subscription { onOrderEvent(owner: "alice") { id } }')).toEqual([
      expect.stringContaining('UnknownArgument'),
    ])
    // A message with the authorization of Alice gets her events, also on the connection of Bob.
    await socket.subscribe('alice', 'subscription { onOrderEvent { id } }', {}, alice)

    const hers = await placeOrder(run, alice)
    const his = await placeOrder(run, bob)
    await socket.frame(
      ({ id, payload }) => id === 'alice' && JSON.stringify(payload ?? {}).includes(hers),
    )
    await socket.frame(
      ({ id, payload }) => id === 'all' && JSON.stringify(payload ?? {}).includes(his),
    )
    const received = socket.frames.filter(({ type, id }) => type === 'data' && id !== 'alice')
    expect(JSON.stringify(received)).not.toContain(hers)
    expect(received.length).toBeGreaterThan(0)
    await socket.close()
  })

  test('the events of a resource reach its owner alone, whoever causes them', async () => {
    const [his, hers] = [await Socket.open(run, bob), await Socket.open(run, alice)]
    const query = 'subscription { onOrderEvent { id type owner actor } }'
    for (const socket of [his, hers]) await socket.subscribe('all', query)
    const id = await placeOrder(run, alice, { productId: product })

    const confirmed = await hers.frame(({ payload }) =>
      JSON.stringify(payload ?? {}).includes('OrderConfirmed'),
    )
    expect(confirmed.payload?.data).toMatchObject({ onOrderEvent: { id, owner: 'alice' } })
    await placeOrder(run, bob)
    await eventually(async () => his.frames.some(({ type }) => type === 'data') || undefined)
    expect(his.texts.join()).not.toContain(id)
    await Promise.all([his.close(), hers.close()])
  })
})
