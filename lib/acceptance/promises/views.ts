import { reserve, restock } from '../api/resources.ts'
import { expectThat } from '../expectations.ts'
import { eventually, type Given, type ProductPromise } from '../promise.ts'

interface Position {
  readonly id: string
  readonly version: number
}

/** The most pages that the check reads. */
const MOST_PAGES = 50

export const views: ProductPromise = {
  name: 'a view shows a committed event',
  sentence: 'A query of a view with `after` contains the event, or says that the view is behind.',
  async check(given) {
    const { api } = given
    const { id } = await restock(api, { amount: 1 })
    const before = await reservedToday(given)
    const { version } = await reserve(api, { id, quantity: 1 })
    const after = { id, version }
    const listed = await soldOut(given, after)
    expectThat('the product must be in the view of sold-out products', listed, listed)
    const now = await reservedToday(given, after)
    expectThat('the reservation must count', now > before, { before, now })
  },
}

/** Returns how many products were reserved today. Waits while the view is behind. */
function reservedToday(given: Given, after?: Position): Promise<number> {
  const query = `query ($day: AWSDate!, $after: ViewPosition) {
    reservedByDay(day: $day, after: $after) { reserved behind }
  }`
  return eventually(given, 'the view reservedByDay', async () => {
    const day = new Date().toISOString().slice(0, 10)
    const { reservedByDay: row } = await given.api.ask<{
      reservedByDay: { reserved: number; behind: boolean } | null
    }>(query, { day, after })
    return row?.behind ? { seen: row } : { answer: row?.reserved ?? 0 }
  })
}

/** Whether the view lists a product as sold out. */
function soldOut(given: Given, after: Position): Promise<boolean> {
  const query = `query ($after: ViewPosition, $nextToken: String) {
    productsByStatus(status: SOLD_OUT, limit: 100, after: $after, nextToken: $nextToken) {
      items { id version } nextToken behind
    }
  }`
  return eventually(given, 'the view productsByStatus', async () => {
    let nextToken: string | null = null
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer: { productsByStatus: Page } = await given.api.ask(query, { after, nextToken })
      const { items, behind, nextToken: next } = answer.productsByStatus
      if (behind) return { seen: 'behind' }
      const isThere = items.some(({ id, version }) => id === after.id && version >= after.version)
      if (isThere || next === null) return { answer: isThere }
      nextToken = next
    }
    return { answer: false }
  })
}

interface Page {
  readonly items: readonly Position[]
  readonly nextToken: string | null
  readonly behind: boolean
}
