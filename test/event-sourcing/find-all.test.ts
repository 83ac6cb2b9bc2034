import { bind, InvalidArgument } from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { refusal } from '../support/refusal.ts'
import { withStores } from '../support/stores.ts'

async function stock(count: number): Promise<Product[]> {
  const products = Array.from({ length: count }, () => new Product())
  for (const [index, product] of products.entries()) {
    await product.restock(index + 1)
    await product.reserve()
    await product.restock(1)
  }
  return products
}

const shown = (products: Iterable<Product>) =>
  [...products].map(({ id, version, quantity }) => ({ id, version, quantity })).sort(byId)
const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)

async function pages(limit: number, between: () => Promise<unknown> = async () => {}) {
  const all: Product[][] = []
  let nextToken: string | undefined
  do {
    const page = await Product.findAll({ limit, nextToken })
    all.push([...page.items])
    nextToken = page.nextToken
    await between()
  } while (nextToken)
  return all
}

describe.each(withStores())('%s', (_, emptyStore) => {
  beforeEach(async () => {
    bind(Product, await emptyStore())
  })

  test('every resource comes once, with up-to-date state, over pages of any size', async () => {
    const products = await stock(7)
    for (const limit of [1, 2, 3, 6, 7, 8]) {
      const all = await pages(limit)
      expect(shown(all.flat())).toEqual(shown(products))
      expect(all.slice(0, -1).every(({ length }) => length === limit)).toBe(true)
    }
  })

  test('pages are resumed while others write', async () => {
    const products = await stock(7)
    const all = await pages(2, async () => {
      for (const product of products) await product.restock(1)
      await stock(1)
    })
    const ids = all.flat().map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining(products.map(({ id }) => id)))
  })

  test('all gives every resource', async () => {
    const products = await stock(5)
    const all: Product[] = []
    for await (const product of Product.all()) all.push(product)
    expect(shown(all)).toEqual(shown(products))
  })

  test('no resources are one empty page', async () => {
    expect(await Product.findAll()).toEqual({ items: [] })
  })

  test('a resource that was found can be commanded', async () => {
    await stock(1)
    const { items } = await Product.findAll()
    await items[0]?.reserve()
    expect(items[0]).toMatchObject({ version: 4, quantity: 0, status: 'sold-out' })
  })

  test.each([0, -1, 1.5, 1001, Number.NaN])('the limit %p is refused', async (limit) => {
    await refusal(Product.findAll({ limit }), InvalidArgument)
  })

  test('a token that no page gave is refused, and so is one of other resources', async () => {
    await stock(2)
    const { nextToken = '' } = await Product.findAll({ limit: 1 })
    for (const token of ['', 'x', '{}', btoa('null'), btoa('{"v":1}'), nextToken.slice(2)]) {
      await refusal(Product.findAll({ nextToken: token }), InvalidArgument)
    }
    bind(Product, await emptyStore())
    await refusal(Product.findAll({ nextToken }), InvalidArgument)
  })
})
