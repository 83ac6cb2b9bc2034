import { randomUUID } from 'node:crypto'
import {
  cancelOrder,
  eventsOf,
  ORDER,
  PRODUCT,
  type ProductState,
  placeOrder,
  type ResourceType,
  restock,
} from '../api/resources.ts'
import { Broken, expectEqual, expectThat, Skipped } from '../expectations.ts'
import type { Given, ProductPromise } from '../promise.ts'

const OWN = 8
/** The most resources in a page. */
const LARGEST = 100
/** The number of pages that the second walk aims at, on a small table. */
const MANY_PAGES = 60
/** The most resources that a check reads. */
const MOST_READ = 5000

export const listPages: ProductPromise = {
  name: 'a list covers each resource once',
  sentence: 'The pages of products and orders have each resource once, with its current state.',
  async check(given) {
    const { api } = given
    const products = await atOnce(() => restock(api, { amount: 1 }))
    const orders = await atOnce(() => placeOrder(api, { productId: randomUUID(), quantity: 1 }))
    const found = await walk(given, PRODUCT, LARGEST)
    const listed = products.map(({ id }) => found.get(id))
    expectEqual('the own products in the list', listed, products)
    for (const [type, own] of [
      [PRODUCT, products],
      [ORDER, orders],
    ] as const) {
      const large = type === PRODUCT ? found : await walk(given, type, LARGEST)
      // Other sizes have other borders between pages.
      const size = Math.min(LARGEST - 1, Math.max(3, Math.ceil(large.size / MANY_PAGES)))
      const small = await walk(given, type, size)
      const ids = own.map(({ id }) => id)
      expectEqual(
        `own ${type.all}, in pages of ${LARGEST}`,
        ids.filter((id) => !large.has(id)),
        [],
      )
      const missing = [...large.keys()].filter((id) => !small.has(id))
      expectEqual(`${type.all} that pages of ${size} omit`, missing, [])
    }
    const page = await pageOf(given, PRODUCT, undefined, undefined)
    expectThat('a page without limit must have at most 20 products', page.items.length <= 20, page)
  },
}

export const eventPages: ProductPromise = {
  name: 'pages of events continue without gaps',
  sentence: 'productEvents returns the events after a number, at most limit, by default 100.',
  async check(given) {
    const { api } = given
    const { id } = await restock(api, { amount: 1 })
    // More than the default limit.
    for (let batch = 0; batch < 21; batch += 1)
      await Promise.all(Array.from({ length: 5 }, () => restock(api, { id, amount: 1 })))
    const all = await eventsOf(given, PRODUCT, id)
    const numbers = all.map(({ number }) => number)
    expectEqual(
      'the numbers',
      numbers,
      Array.from({ length: 106 }, (_, index) => index + 1),
    )
    for (const limit of [40, 7]) {
      const paged: typeof numbers = []
      for (let after = 0, page = all; page.length > 0; after = paged.length) {
        page = await eventsOf(given, PRODUCT, id, { after, limit })
        expectThat(`a page must have at most ${limit} events`, page.length <= limit, page.length)
        paged.push(...page.map(({ number }) => number))
        expectThat('a page must begin after the last number', paged.length <= all.length, paged)
      }
      expectEqual(`the numbers in pages of ${limit}`, paged, numbers)
    }
    const { id: order } = await placeOrder(api, { productId: randomUUID(), quantity: 1 })
    await cancelOrder(api, { id: order }).catch(() => undefined)
    for (const after of [0, 1]) {
      const page = await eventsOf(given, ORDER, order, { after, limit: 1 })
      expectEqual(
        `a page of one event of an order after ${after}`,
        page.map(({ number }) => number),
        [after + 1],
      )
    }
    const standard = await eventsOf(given, PRODUCT, id, {})
    expectEqual(
      'a page without limit',
      standard.map(({ number }) => number),
      numbers.slice(0, 100),
    )
    expectEqual('the page after the end', await eventsOf(given, PRODUCT, id, { after: 106 }), [])
  },
}

interface Page {
  readonly items: readonly ProductState[]
  readonly nextToken: string | null
  /** The ids of resources that the API reports as errors beside the page. */
  readonly failed: readonly string[]
}

/** Reads all pages. @throws Broken for a resource that occurs twice, and for an endless list */
async function walk(
  given: Given,
  type: ResourceType,
  limit: number,
): Promise<Map<string, ProductState | undefined>> {
  const found = new Map<string, ProductState | undefined>()
  let token: string | undefined
  do {
    const { items, failed, nextToken } = await pageOf(given, type, limit, token)
    expectThat(
      `a page of ${type.all} must have at most ${limit}`,
      items.length <= limit,
      items.length,
    )
    if (nextToken !== null && items.length + failed.length === 0)
      throw new Broken(`${type.all}: expected items before the next page; saw none`)
    for (const item of items) {
      expectThat(`${type.all} must not repeat a resource`, !found.has(item.id), item.id)
      found.set(item.id, item)
    }
    for (const id of failed) found.set(id, undefined)
    given.waits(`the last page of ${type.all}`, `${found.size} resources`)
    if (found.size > MOST_READ)
      throw new Skipped(
        `the table has more than ${MOST_READ} ${type.all}: the check reads all pages`,
      )
    token = nextToken ?? undefined
  } while (token !== undefined)
  return found
}

async function pageOf(
  { api }: Given,
  { all, stateFields }: ResourceType,
  limit: number | undefined,
  nextToken: string | undefined,
): Promise<Page> {
  const query = `query ($limit: Int, $nextToken: String) {
    ${all}(limit: $limit, nextToken: $nextToken) { items { ${stateFields} } nextToken }
  }`
  const { data, errors } = await api.send(query, { limit, nextToken })
  const page: unknown = data?.[all]
  if (isPage(page)) {
    const failed = errors.map(({ errorInfo }) => `${errorInfo?.id}`)
    return { items: page.items, nextToken: page.nextToken, failed }
  }
  throw new Broken(`${all}: expected a page; saw ${errors[0]?.errorType} ${errors[0]?.message}`)
}

/** The query selects the fields of a page. */
function isPage(value: unknown): value is Omit<Page, 'failed'> {
  return typeof value === 'object' && value !== null && 'items' in value && 'nextToken' in value
}

function atOnce<T>(make: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: OWN }, make))
}
