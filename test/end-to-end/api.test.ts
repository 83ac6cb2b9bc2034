import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const NOWHERE = '3b241101-e2bb-4255-8caf-4136c566a962'
let run: LocalRun

beforeAll(async () => {
  run = await LocalRun.start()
}, 60_000)
afterAll(() => run?.remove(), 30_000)

const restock = (input: object) =>
  run.graphql(
    `mutation ($input: RestockProductInput!) {
      restockProduct(input: $input) { id version status quantity }
    }`,
    { input },
  )
const reserve = (input: object) =>
  run.graphql(
    `mutation ($input: ReserveProductInput!) {
      reserveProduct(input: $input) { id version status quantity }
    }`,
    { input },
  )
const product = (id: string) =>
  run.graphql('query ($id: ID!) { product(id: $id) { id version status quantity } }', { id })
const events = (id: string, range: object = {}) =>
  run.graphql(
    `query ($id: ID!, $after: Int, $limit: Int) {
      productEvents(id: $id, after: $after, limit: $limit) {
        id number type created amount commandId traceId truncated
      }
    }`,
    { id, ...range },
  )

async function stocked(amount: number): Promise<string> {
  const { data } = await restock({ amount })
  return data?.restockProduct?.id ?? ''
}

describe('restockProduct', () => {
  test('without an id makes a product with a fresh UUID v4', async () => {
    const { data, errors } = await restock({ amount: 3 })
    expect(errors).toBeUndefined()
    expect(data?.restockProduct).toEqual({
      id: expect.stringMatching(UUID_V4),
      version: 1,
      status: 'AVAILABLE',
      quantity: 3,
    })
  })

  test('with an id adds to it', async () => {
    const id = await stocked(3)
    const { data } = await restock({ id, amount: 4 })
    expect(data?.restockProduct).toEqual({ id, version: 2, status: 'AVAILABLE', quantity: 7 })
  })

  test.each([0, -1])('of %p is refused, and nothing is stored', async (amount) => {
    const id = await stocked(1)
    const { errors } = await restock({ id, amount })
    expect(errors).toMatchObject([{ errorType: 'InvalidAmount', errorInfo: { id, amount } }])
    expect((await events(id)).data?.productEvents).toHaveLength(1)
  })

  test.each([1.5, '3', null])('of %p is refused before it reaches a function', async (amount) => {
    const { data, errors } = await restock({ amount })
    expect(data?.restockProduct ?? null).toBeNull()
    expect(errors).toHaveLength(1)
  })

  test('of an unknown id is ResourceNotFound', async () => {
    const { errors } = await restock({ id: NOWHERE, amount: 1 })
    expect(errors).toMatchObject([{ errorType: 'ResourceNotFound', errorInfo: { id: NOWHERE } }])
  })

  test('with an expectedVersion is a lock', async () => {
    const id = await stocked(1)
    const { errors } = await restock({ id, amount: 1, expectedVersion: 2 })
    expect(errors).toMatchObject([
      { errorType: 'VersionConflict', errorInfo: { id, expectedVersion: 2, actualVersion: 1 } },
    ])
    expect((await restock({ id, amount: 1, expectedVersion: 1 })).errors).toBeUndefined()
  })
})

describe('reserveProduct', () => {
  test('takes one, and the last makes it sold out', async () => {
    const id = await stocked(2)
    const first = await reserve({ id })
    expect(first.data?.reserveProduct).toMatchObject({ quantity: 1, status: 'AVAILABLE' })
    const second = await reserve({ id })
    expect(second.data?.reserveProduct).toMatchObject({ quantity: 0, status: 'SOLD_OUT' })
  })

  test('of what is sold out is refused with SoldOut, and nothing is stored', async () => {
    const id = await stocked(1)
    await reserve({ id })
    const { data, errors } = await reserve({ id })
    expect(data).toBeNull()
    expect(errors).toMatchObject([
      { errorType: 'SoldOut', errorInfo: { id, version: 2 }, path: ['reserveProduct'] },
    ])
    expect((await events(id)).data?.productEvents).toHaveLength(2)
  })

  test('of an unknown id is ResourceNotFound', async () => {
    const { errors } = await reserve({ id: NOWHERE })
    expect(errors).toMatchObject([{ errorType: 'ResourceNotFound' }])
    expect((await product(NOWHERE)).data).toEqual({ product: null })
  })

  test.each(['', 'x', `${NOWHERE} `])('of %p, which is no UUID, is InvalidId', async (id) => {
    expect((await reserve({ id })).errors).toMatchObject([{ errorType: 'InvalidId' }])
    expect((await product(id)).errors).toMatchObject([{ errorType: 'InvalidId' }])
    expect((await events(id)).errors).toMatchObject([{ errorType: 'InvalidId' }])
  })
})

describe('queries', () => {
  test('product shows what was committed a moment ago', async () => {
    const id = await stocked(2)
    await reserve({ id })
    expect((await product(id)).data).toEqual({
      product: { id, version: 2, status: 'AVAILABLE', quantity: 1 },
    })
  })

  test('products come in pages, each once', async () => {
    const ids = await Promise.all([1, 2, 3].map(stocked))
    const found: string[] = []
    let nextToken: string | null = null
    do {
      const { data, errors } = await run.graphql(
        `query ($nextToken: String) {
          products(limit: 2, nextToken: $nextToken) { items { id } nextToken }
        }`,
        { nextToken },
      )
      expect(errors).toBeUndefined()
      const page = data?.products
      found.push(...(page?.items ?? []).map(({ id }) => id))
      nextToken = page?.nextToken ?? null
    } while (nextToken)
    expect(new Set(found).size).toBe(found.length)
    expect(found).toEqual(expect.arrayContaining(ids))
  })

  test.each(['limit: 0', 'limit: 101', 'limit: -1', 'nextToken: "x"', 'nextToken: ""'])(
    'products(%s) is a clear error',
    async (args) => {
      const { errors } = await run.graphql(`{ products(${args}) { nextToken } }`)
      const [argument = ''] = args.split(':')
      expect(errors).toMatchObject([{ errorType: 'InvalidArgument', errorInfo: { argument } }])
      expect(errors?.[0]?.message).toContain(argument)
    },
  )

  test('productEvents are the history, with every field', async () => {
    const id = await stocked(2)
    await reserve({ id })
    const { data } = await events(id)
    const common = {
      id,
      created: expect.stringMatching(/Z$/),
      commandId: expect.any(String),
      traceId: expect.stringMatching(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      truncated: null,
    }
    expect(data?.productEvents).toEqual([
      { ...common, number: 1, type: 'ProductRestocked', amount: 2 },
      { ...common, number: 2, type: 'ProductReserved', amount: null },
    ])
  })

  test('productEvents after a number, up to a limit', async () => {
    const id = await stocked(3)
    for (let count = 0; count < 3; count += 1) await reserve({ id })
    const { data } = await events(id, { after: 1, limit: 2 })
    expect(data?.productEvents).toMatchObject([{ number: 2 }, { number: 3 }])
    expect((await events(NOWHERE)).data?.productEvents).toEqual([])
    for (const range of [{ limit: 0 }, { limit: 1001 }, { after: -1 }]) {
      expect((await events(id, range)).errors).toMatchObject([{ errorType: 'InvalidArgument' }])
    }
  })
})

describe('traces', () => {
  test('a failed command is found by the trace id of its error', async () => {
    const id = await stocked(1)
    await reserve({ id })
    const { errors } = await reserve({ id })
    const traceId = errors?.[0]?.errorInfo?.traceId
    const segment = await eventually(async () =>
      run
        .traces()
        .filter(({ trace_id }) => trace_id === traceId)
        .find((document) => document.name === 'commit'),
    )
    expect(segment).toMatchObject({ error: true, annotations: { resource: id, error: 'SoldOut' } })
    expect(segment).not.toHaveProperty('fault')
  })

  test('an event is found by its resource, type and number, in the trace that it carries', async () => {
    const id = await stocked(1)
    await reserve({ id })
    const segment = await eventually(async () =>
      run.traces().find(({ annotations }) => {
        const { resource, number }: { resource?: string; number?: number } = annotations ?? {}
        return resource === id && number === 2
      }),
    )
    expect(segment.annotations).toEqual({ resource: id, event: 'ProductReserved', number: 2 })
    const { data } = await events(id, { after: 1 })
    expect(data?.productEvents).toMatchObject([{ traceId: segment.trace_id }])
  })
})

test('the console opens with the commands and the live feed, key and endpoint preset', async () => {
  const { consoleUrl, graphqlUrl, apiKey } = run.outputs
  const options = await (await fetch(new URL('console-options.js', consoleUrl))).text()
  for (const part of ['restockProduct', 'reserveProduct', 'onProductEvent', graphqlUrl, apiKey]) {
    expect(options).toContain(part)
  }
  expect(options).not.toContain('publishProductEvent')
})
