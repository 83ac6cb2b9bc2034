import { AssertionError } from 'node:assert'
import { given, history } from '../../../lib/event-sourcing/testing/index.ts'
import { fold, list } from '../../../lib/event-sourcing/views/index.ts'
import { Concert } from '../../app/lib/tickets/index.ts'
import { refusal } from '../../support/refusal.ts'
import { concertsByStatus, reservedSeats } from './support.ts'

const added = (amount: number) => ({ type: 'SeatsAdded', amount }) as const
const reserved = (quantity: number) => ({ type: 'SeatsReserved', quantity }) as const

test('a view is tested with the events of one resource', async () => {
  const concert = given(Concert, [added(2), reserved(2)])
  await concert.expectView(concertsByStatus, { key: 'sold-out', items: [{ quantity: 0 }] })
  await concert.expectView(concertsByStatus, { key: 'available', items: [] })
  await concert.expectView(reservedSeats, { key: '5', items: [{ seats: 2, times: 1 }] })
})

test('a view is tested with the events of several resources, in the order of the view', async () => {
  const concerts = given([
    history(Concert, 'a', [added(5)]),
    history(Concert, 'b', [added(9), reserved(7)]),
    history(Concert, 'c', [added(3)], { owner: 'alice' }),
  ])
  const items = [{ id: 'b', version: 2 }, { id: 'c' }, { id: 'a' }]
  await concerts.expectView(concertsByStatus, { key: 'available', items })
  const ofOwner = list(Concert, { version: 1, by: (_, { owner }) => owner })
  await concerts.expectView(ofOwner, { key: 'alice', items: [{ id: 'c', quantity: 3 }] })
  const sizes = fold(Concert, {
    version: 1,
    by: () => 'all',
    sort: (_, { id }) => id,
    descending: true,
    initial: { seats: 0 },
    on: { SeatsAdded: (row, { amount }) => ({ seats: row.seats + amount }) },
  })
  const rows = [{ seats: 3 }, { seats: 9 }, { seats: 5 }]
  await concerts.expectView(sizes, { key: 'all', items: rows })
})

test('an item too many, too few or different fails', async () => {
  const concerts = given([history(Concert, 'a', [added(5)]), history(Concert, 'b', [added(6)])])
  for (const items of [
    [],
    [{ id: 'a' }],
    [{ id: 'b' }, { id: 'a' }],
    [{ id: 'a', quantity: 4 }, {}],
  ]) {
    await refusal(
      concerts.expectView(concertsByStatus, { key: 'available', items }),
      AssertionError,
    )
  }
})
