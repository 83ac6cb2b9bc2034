import { InvalidArgument } from '../../../lib/event-sourcing/index.ts'
import { inMemoryViewStore, list } from '../../../lib/event-sourcing/views/index.ts'
import { sortText, sortValue } from '../../../lib/event-sourcing/views/places.ts'
import { compareBytes } from '../../../lib/event-sourcing/views/store/in-memory-view-store.ts'
import { Concert } from '../../app/lib/tickets/index.ts'
import { refusal } from '../../support/refusal.ts'
import { concertsByStatus, hosted, newConcerts, reservedSeats, TestViews } from './support.ts'

const NAME = 'concertsByStatus'

let views: TestViews

beforeEach(() => {
  newConcerts()
  views = new TestViews(inMemoryViewStore(), [
    hosted(NAME, concertsByStatus),
    hosted('reservedSeats', reservedSeats),
  ])
})

async function addConcerts(...sizes: readonly number[]) {
  for (const seats of sizes) await new Concert(`c${seats}`).addSeats(seats)
  await views.wake(...sizes.map((seats) => `c${seats}`))
}

const available = { key: ['available'], limit: 2 }
const seats = (page: { items: readonly { kept: object }[] }) =>
  page.items.map(({ kept }) => Reflect.get(kept, 'quantity'))

describe('sort values', () => {
  test('keep their order as texts', () => {
    const numbers = [
      ...[Number.NEGATIVE_INFINITY, -1e300, -2, -1.5, -1, -Number.MIN_VALUE, 0],
      ...[Number.MIN_VALUE, 0.1, 1, 1.5, 2, 10, 2 ** 53, 1e300, Number.POSITIVE_INFINITY],
    ]
    const texts = ['', 'A', 'a', 'aa', 'b', 'é', '\uFFFD', '\u{10000}']
    const encoded = [...numbers, ...texts].map(sortText)
    expect([...encoded].sort(compareBytes)).toEqual(encoded)
    expect(encoded.map(sortValue)).toEqual([...numbers, ...texts])
    expect(sortText(-0)).toBe(sortText(0))
  })

  test.each([Number.NaN, 'a\u0000', null, {}, true])('refuse %p', (value) => {
    expect(() => sortText(value)).toThrow('A sort value must be')
  })
})

describe('a page token', () => {
  test('continues behind the last item while others move, appear and vanish', async () => {
    await addConcerts(1, 3, 5, 7, 9)
    const first = await views.reader.list(NAME, available)
    expect(seats(first)).toEqual([1, 3])
    await new Concert('c3').reserve({ quantity: 3 })
    await new Concert('c1').addSeats(5)
    await new Concert('c7').reserve({ quantity: 7 })
    await views.wake('c1', 'c3', 'c7')
    await addConcerts(2, 4)
    const query = { ...available, limit: 9, nextToken: first.nextToken }
    expect(seats(await views.reader.list(NAME, query))).toEqual([4, 5, 6, 9])
  })

  test('is refused for another query, and names the fix', async () => {
    await addConcerts(1, 3, 5)
    const { nextToken } = await views.reader.list(NAME, available)
    const others = [
      { key: ['sold-out'] },
      { descending: true },
      { from: 1 },
      { to: 5 },
      { key: ['available', 'x'] },
    ]
    for (const other of others) {
      const error = await refusal(
        views.reader.list(NAME, { ...available, nextToken, ...other }),
        InvalidArgument,
      )
      expect(error.message).toContain('same query of concertsByStatus')
      expect(error.data).toEqual({ argument: 'nextToken', value: nextToken })
    }
  })

  test.each([
    ['', 'an empty text'],
    ['x', 'a letter'],
    ['W10', 'an empty list'],
    [Buffer.from('{"a":1}').toString('base64url'), 'an object'],
    [
      Buffer.from('[1,"concertsByStatus",1,"[\\"available\\"]",null,null,false,5]').toString(
        'base64url',
      ),
      'a number as its position',
    ],
    [
      Buffer.from('[1,"reservedSeats",1,"[\\"available\\"]",null,null,false,"s"]').toString(
        'base64url',
      ),
      'another view',
    ],
  ])('is refused if it is %j (%s)', async (nextToken) => {
    await addConcerts(1)
    const error = await refusal(
      views.reader.list(NAME, { ...available, nextToken }),
      InvalidArgument,
    )
    expect(error.message).toContain('start without it')
  })

  test('survives a rebuild of the same version, and is refused by the next version', async () => {
    await addConcerts(1, 3, 5)
    await views.schedule()
    const { nextToken } = await views.reader.list(NAME, available)
    await views.operations.rebuild(NAME)
    const { store, checkpoints } = views
    const again = new TestViews(store, [hosted(NAME, concertsByStatus)], { checkpoints })
    await again.schedule()
    expect(again.switched).toEqual([`${NAME} 2`])
    const query = { ...available, nextToken }
    expect(seats(await again.reader.list(NAME, query))).toEqual([5])
    const newer = list(Concert, { ...concertsByStatus, version: 2 })
    const next = new TestViews(store, [hosted(NAME, newer)], { checkpoints })
    await next.schedule()
    const error = await refusal(next.reader.list(NAME, query), InvalidArgument)
    expect(error.message).toBe(
      'nextToken is from version 1 of concertsByStatus, which version 2 has replaced: start without it',
    )
  })
})

describe('a query after an event', () => {
  test('waits until the view has the event', async () => {
    await addConcerts(2)
    await views.schedule()
    await new Concert('c2').reserve()
    const after = { id: 'c2', version: 2 }
    const waiting = views.reader.list(NAME, { ...available, after })
    await views.wake('c2')
    expect(await waiting).toMatchObject({ behind: false, items: [{ version: 2 }] })
    const row = await views.reader.fold('reservedSeats', { key: ['c'], limit: 1, after })
    expect(row).toMatchObject({ behind: false, items: [{ row: { seats: 1 } }] })
  })

  test('answers without the event after its patience, and says that it is behind', async () => {
    await addConcerts(2)
    await views.schedule()
    const after = { id: 'c2', version: 2 }
    const page = await views.reader.list(NAME, { ...available, after })
    expect(page).toMatchObject({ behind: true, items: [] })
    const row = await views.reader.fold('reservedSeats', { key: ['z'], limit: 1, after })
    expect(row).toMatchObject({ behind: true, items: [{ row: { seats: 0, times: 0 } }] })
  })

  test('counts events that the view does not show', async () => {
    await addConcerts(2)
    await views.schedule()
    const after = { id: 'c2', version: 1 }
    const row = await views.reader.fold('reservedSeats', { key: ['c'], limit: 1, after })
    expect(row).toEqual({ items: [], behind: false, isOld: false })
  })
})

test('a view that is being built for the first time is behind', async () => {
  expect(await views.reader.list(NAME, available)).toMatchObject({ items: [], behind: true })
  await addConcerts(1)
  expect(await views.reader.list(NAME, available)).toMatchObject({ behind: true })
  await views.schedule()
  expect(await views.reader.list(NAME, available)).toMatchObject({ behind: false })
})

test.each([
  [{ limit: 0 }, 'limit must be a whole number from 1 to 1000; got 0'],
  [{ from: 3, to: 2 }, 'from must not be above to; got 3 and 2'],
  [{ from: 'a\u0000' }, 'from: A sort value must be a number'],
  [{ key: [] }, 'key: A key must be a text'],
  [{ key: ['x'.repeat(900)] }, 'key: A key can have at most 800 bytes'],
  [{ after: { id: 'c1', version: 0 } }, 'after.version must be a whole number from 1'],
])('a query with %j is refused', async (options, message) => {
  const error = await refusal(
    views.reader.list(NAME, { ...available, ...options }),
    InvalidArgument,
  )
  expect(error.message).toContain(message)
})
