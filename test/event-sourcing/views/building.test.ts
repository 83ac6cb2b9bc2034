import { EventRejected } from '../../../lib/event-sourcing/index.ts'
import { ReactorOperations } from '../../../lib/event-sourcing/reactions/index.ts'
import {
  fold,
  inMemoryViewStore,
  list,
  type ViewStore,
} from '../../../lib/event-sourcing/views/index.ts'
import { Concert } from '../../app/lib/tickets/index.ts'
import { withDynamoDB } from '../../support/dynamodb.ts'
import { refusal } from '../../support/refusal.ts'
import { viewStores } from '../../support/view-stores.ts'
import {
  concertStore,
  concertsByStatus,
  hosted,
  newConcerts,
  reservedSeats,
  TestViews,
} from './support.ts'

const dynamodb = withDynamoDB()

beforeEach(newConcerts)

const byStatus = hosted('concertsByStatus', concertsByStatus)
const reserved = hosted('reservedSeats', reservedSeats)

async function play(id: string, ...steps: readonly ((concert: Concert) => Promise<unknown>)[]) {
  for (const step of steps) await step(new Concert(id))
}

describe.each(viewStores(dynamodb))('views %s', (_, newStore) => {
  let store: ViewStore
  let views: TestViews

  beforeEach(async () => {
    store = await newStore()
    views = new TestViews(store, [byStatus, reserved])
  })

  test('equal the fold of all histories, in whatever order events are announced', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `${index % 3}-${index}`)
    const random = (most: number) => Math.floor(Math.random() * most)
    const steps = [
      (concert: Concert) => concert.addSeats(1 + random(3)),
      (concert: Concert) => concert.reserve({ quantity: 1 + random(2) }),
      (concert: Concert) => concert.release(),
    ]
    for (let round = 0; round < 10; round += 1) {
      const some = Array.from({ length: 10 }, () => ids[random(ids.length)] ?? '')
      const changed: string[] = []
      for (const id of some) {
        const events = await steps[random(3)]?.(new Concert(id)).catch((error) => {
          if (!(error instanceof EventRejected)) throw error
        })
        if (events) changed.push(id)
      }
      const heard = changed.filter(() => random(3) > 0)
      await Promise.all([views.wake(...heard.toReversed()), views.wake(...heard)])
    }
    await views.schedule()
    for (const name of ['concertsByStatus', 'reservedSeats']) {
      expect((await views.verify(name)).differences).toEqual([])
    }
    expect((await views.verify('concertsByStatus')).equal).toBeGreaterThan(5)
  })

  test('answer pages in order, in both directions, and a range', async () => {
    for (const seats of [5, 1, 10, 3, 200, 7]) {
      await play(`c${seats}`, (concert) => concert.addSeats(seats))
    }
    await views.schedule()
    const pages = async (options: object) => {
      const found: number[][] = []
      let nextToken: string | undefined
      do {
        const query = { key: ['available'], limit: 2, nextToken, ...options }
        const page = await views.reader.list('concertsByStatus', query)
        found.push(page.items.map(({ kept }) => Number(kept.quantity)))
        nextToken = page.nextToken
      } while (nextToken)
      return found
    }
    expect(await pages({})).toEqual([
      [1, 3],
      [5, 7],
      [10, 200],
    ])
    expect(await pages({ descending: true })).toEqual([
      [200, 10],
      [7, 5],
      [3, 1],
    ])
    expect(await pages({ from: 3, to: 10 })).toEqual([
      [3, 5],
      [7, 10],
    ])
    expect(await pages({ from: 3, to: 9, descending: true })).toEqual([[7, 5], [3]])
    expect(await pages({ key: ['sold-out'] })).toEqual([[]])
  })

  test('count an event once, although its reactor is replayed', async () => {
    await play(
      'a1',
      (one) => one.addSeats(9),
      (one) => one.reserve({ quantity: 4 }),
    )
    await views.schedule()
    const operations = new ReactorOperations(views.checkpoints)
    await operations.replay('view.reservedSeats.1.Concert')
    await operations.replay('view.concertsByStatus.1.Concert')
    await play('a1', (one) => one.reserve({ quantity: 2 }))
    await views.schedule()
    const { items } = await views.reader.fold('reservedSeats', { key: ['a'], limit: 5 })
    expect(items).toEqual([{ key: ['a'], row: { seats: 6, times: 2 } }])
    expect((await views.verify('reservedSeats')).differences).toEqual([])
  })

  test('spread a key over several partitions, and read it as one', async () => {
    const spread = new TestViews(store, [
      hosted('spreadList', list(Concert, { ...concertsByStatus, spread: 5 })),
      hosted('spreadFold', fold(Concert, { ...reservedSeats, by: () => 'all', spread: 4 })),
    ])
    const sizes = Array.from({ length: 15 }, (_, index) => index + 1)
    for (const seats of sizes) {
      await play(
        `c${seats}`,
        (one) => one.addSeats(seats),
        (one) => one.reserve(),
      )
    }
    await spread.schedule()
    const { items } = await spread.reader.fold('spreadFold', { key: ['all'], limit: 1 })
    expect(items).toEqual([{ key: ['all'], row: { seats: 15, times: 15 } }])
    const query = { key: ['available'], limit: 100 }
    const found = await spread.reader.list('spreadList', query)
    expect(found.items.map(({ kept }) => kept.quantity)).toEqual(sizes.slice(0, -1))
    expect((await spread.verify('spreadList')).differences).toEqual([])
    expect((await spread.verify('spreadFold')).differences).toEqual([])
  })

  test('are built anew beside the old ones, which answer until the new ones have caught up', async () => {
    await play('c1', (one) => one.addSeats(1))
    await views.schedule()
    expect(views.switched).toEqual(['concertsByStatus 1', 'reservedSeats 1'])
    const renamed = { ...concertsByStatus, version: 2, by: () => 'every' }
    const next = new TestViews(store, [hosted('concertsByStatus', list(Concert, renamed))], {
      checkpoints: views.checkpoints,
      removeAfter: 0,
    })
    await next.wake('c1')
    const query = { key: ['available'], limit: 5 }
    const old = await next.reader.list('concertsByStatus', query)
    expect(old).toMatchObject({ behind: true, isOld: true, items: [{ id: 'c1', version: 1 }] })
    await next.schedule()
    expect(next.switched).toEqual(['concertsByStatus 2'])
    const page = await next.reader.list('concertsByStatus', { key: ['every'], limit: 5 })
    expect(page).toMatchObject({ behind: false, isOld: false, items: [{ id: 'c1' }] })
    await next.schedule()
    expect(next.removed).toEqual(['concertsByStatus 1'])
    const left = [...(await next.operations.progress())].map(({ view, builds }) => [
      view,
      ...builds.map(({ build, state }) => `${build} ${state}`),
    ])
    expect(left).toEqual([
      ['concertsByStatus', '2 serving'],
      ['reservedSeats', '1 serving'],
    ])
    expect(await new ReactorOperations(next.checkpoints).reactors()).toEqual([
      'view.concertsByStatus.2.Concert',
      'view.reservedSeats.1.Concert',
    ])
  })

  test('keep the old build when the new one fails at a resource, until the code is mended', async () => {
    await play('c1', (one) => one.addSeats(1))
    await play('c2', (one) => one.addSeats(2))
    await views.schedule()
    let isBroken = true
    const broken = list(Concert, {
      ...concertsByStatus,
      version: 2,
      by({ id, status }) {
        if (isBroken && id === 'c2') throw new Error('broken')
        return status
      },
    })
    const next = new TestViews(store, [hosted('concertsByStatus', broken)], {
      checkpoints: views.checkpoints,
    })
    await next.schedule()
    expect(next.switched).toEqual([])
    const [progress] = await next.operations.progress()
    expect(progress?.builds).toMatchObject([
      { build: 1, state: 'serving' },
      { build: 2, state: 'building', parked: 1 },
    ])
    isBroken = false
    const operations = new ReactorOperations(next.checkpoints)
    const [parked] = await operations.parked('view.concertsByStatus.2.Concert', 10)
    expect(parked).toMatchObject({ id: 'c2', parked: { number: 1, error: { message: 'broken' } } })
    await operations.retry('view.concertsByStatus.2.Concert', 'c2')
    await next.schedule()
    expect(next.switched).toEqual(['concertsByStatus 2'])
    expect((await next.verify('concertsByStatus')).differences).toEqual([])
  })
})

describe('a fold', () => {
  test('adds the events before a broken one, and parks there; a skip goes on behind it', async () => {
    const store = inMemoryViewStore()
    const broken = fold(Concert, {
      ...reservedSeats,
      on: {
        SeatsReserved(row, { quantity }) {
          if (quantity === 2) throw new Error('two')
          return { seats: row.seats + quantity, times: row.times + 1 }
        },
      },
    })
    const views = new TestViews(store, [hosted('reservedSeats', broken)])
    const quantities = [1, 1, 2, 1]
    await play('a1', (one) => one.addSeats(9))
    for (const quantity of quantities) await play('a1', (one) => one.reserve({ quantity }))
    await play(
      'a2',
      (one) => one.addSeats(1),
      (one) => one.reserve(),
    )
    await views.schedule()
    const row = async () =>
      (await views.reader.fold('reservedSeats', { key: ['a'], limit: 1 })).items[0]?.row
    expect(await row()).toEqual({ seats: 3, times: 3 })
    const operations = new ReactorOperations(views.checkpoints)
    const reactor = 'view.reservedSeats.1.Concert'
    const [parked] = await operations.parked(reactor, 10)
    expect(parked).toMatchObject({ id: 'a1', handled: 3, parked: { number: 4 } })
    await operations.skip(reactor, 'a1', 4, 'It is two')
    await views.schedule()
    expect(await row()).toEqual({ seats: 4, times: 4 })
  })

  test('refuses a row that cannot be stored, and parks the resource alone', async () => {
    const store = inMemoryViewStore()
    const wrong = fold(Concert, {
      ...reservedSeats,
      on: {
        SeatsReserved: (row, event) => ({ ...row, seats: event.quantity === 3 ? Number.NaN : 1 }),
      },
    })
    const views = new TestViews(store, [hosted('reservedSeats', wrong)])
    await play(
      'a1',
      (one) => one.addSeats(9),
      (one) => one.reserve({ quantity: 3 }),
    )
    await play(
      'b1',
      (one) => one.addSeats(9),
      (one) => one.reserve(),
    )
    await views.schedule()
    const operations = new ReactorOperations(views.checkpoints)
    const parked = await operations.parked('view.reservedSeats.1.Concert', 10)
    expect(parked.map(({ id, parked }) => [id, parked?.error.name])).toEqual([
      ['a1', 'InvalidView'],
    ])
    expect((await views.reader.fold('reservedSeats', { key: ['b'], limit: 1 })).items).toHaveLength(
      1,
    )
  })
})

describe('a list', () => {
  test('finds a resource no more whose key is undefined', async () => {
    const available = list(Concert, {
      version: 1,
      by: ({ status }) => (status === 'available' ? 'yes' : undefined),
    })
    const views = new TestViews(inMemoryViewStore(), [hosted('available', available)])
    await play('c1', (one) => one.addSeats(1))
    await views.schedule()
    const ids = async () =>
      (await views.reader.list('available', { key: ['yes'], limit: 9 })).items.map(({ id }) => id)
    expect(await ids()).toEqual(['c1'])
    await play('c1', (one) => one.reserve())
    await views.wake('c1')
    expect(await ids()).toEqual([])
    expect((await views.verify('available')).equal).toBe(1)
  })

  test('converts old events with the upcasters of the class', async () => {
    const event = { id: 'c1', created: '2020-01-01T00:00:00.000Z', meta: { commandId: 'x' } }
    await concertStore().append({ ...event, number: 1, type: 'SeatsAdded', amount: 3 })
    await concertStore().append({ ...event, number: 2, type: 'SeatsReserved' })
    const views = new TestViews(inMemoryViewStore(), [byStatus, reserved])
    await views.schedule()
    const { items } = await views.reader.list('concertsByStatus', { key: ['available'], limit: 1 })
    expect(items).toMatchObject([{ id: 'c1', version: 2, kept: { quantity: 2 } }])
    const { items: rows } = await views.reader.fold('reservedSeats', { key: ['c'], limit: 1 })
    expect(rows).toEqual([{ key: ['c'], row: { seats: 1, times: 1 } }])
  })
})

test('a rebuild by hand builds the same version again', async () => {
  const store = inMemoryViewStore()
  const views = new TestViews(store, [byStatus])
  await play('c1', (one) => one.addSeats(1))
  await views.schedule()
  await views.operations.rebuild('concertsByStatus')
  const later = new TestViews(store, [byStatus], { checkpoints: views.checkpoints })
  await later.schedule()
  expect([...views.switched, ...later.switched]).toEqual([
    'concertsByStatus 1',
    'concertsByStatus 2',
  ])
  const error = await refusal(views.operations.rebuild('nothing'), Error)
  expect(error.message).toBe('There is no view nothing. The views are: concertsByStatus')
})
