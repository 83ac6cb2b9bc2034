import { bind, InvalidArgument } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { refusal } from '../support/refusal.ts'
import { withStores } from '../support/stores.ts'

async function stock(count: number): Promise<Concert[]> {
  const concerts = Array.from({ length: count }, () => new Concert())
  for (const [index, concert] of concerts.entries()) {
    await concert.addSeats(index + 1)
    await concert.reserve()
    await concert.addSeats(1)
  }
  return concerts
}

const shown = (concerts: Iterable<Concert>) =>
  [...concerts].map(({ id, version, quantity }) => ({ id, version, quantity })).sort(byId)
const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)

async function pages(limit: number, between: () => Promise<unknown> = async () => {}) {
  const all: Concert[][] = []
  let nextToken: string | undefined
  do {
    const page = await Concert.findAll({ limit, nextToken })
    all.push([...page.items])
    nextToken = page.nextToken
    await between()
  } while (nextToken)
  return all
}

describe.each(withStores())('%s', (_, emptyStore) => {
  beforeEach(async () => {
    bind(Concert, await emptyStore())
  })

  test('pages of any size list every resource once, with up-to-date state', async () => {
    const concerts = await stock(7)
    for (const limit of [1, 2, 3, 6, 7, 8]) {
      const all = await pages(limit)
      expect(shown(all.flat())).toEqual(shown(concerts))
      expect(all.slice(0, -1).every(({ length }) => length === limit)).toBe(true)
    }
  })

  test('pages list every resource once while other processes write', async () => {
    const concerts = await stock(7)
    const all = await pages(2, async () => {
      for (const concert of concerts) await concert.addSeats(1)
      await stock(1)
    })
    const ids = all.flat().map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining(concerts.map(({ id }) => id)))
  })

  test('all returns every resource', async () => {
    const concerts = await stock(5)
    const all: Concert[] = []
    for await (const concert of Concert.all()) all.push(concert)
    expect(shown(all)).toEqual(shown(concerts))
  })

  test('an empty store has one empty page', async () => {
    expect(await Concert.findAll()).toEqual({ items: [] })
  })

  test('a listed resource accepts commands', async () => {
    await stock(1)
    const { items } = await Concert.findAll()
    await items[0]?.reserve()
    expect(items[0]).toMatchObject({ version: 4, quantity: 0, status: 'sold-out' })
  })

  test.each([0, -1, 1.5, 1001, Number.NaN])('the limit %p is rejected', async (limit) => {
    await refusal(Concert.findAll({ limit }), InvalidArgument)
  })

  test('an invalid token and a token of another store are rejected', async () => {
    await stock(2)
    const { nextToken = '' } = await Concert.findAll({ limit: 1 })
    for (const token of ['', 'x', '{}', btoa('null'), btoa('{"v":1}'), nextToken.slice(2)]) {
      await refusal(Concert.findAll({ nextToken: token }), InvalidArgument)
    }
    bind(Concert, await emptyStore())
    await refusal(Concert.findAll({ nextToken }), InvalidArgument)
  })
})
