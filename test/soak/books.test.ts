import type { Checkpoint } from '../../lib/event-sourcing/reactions/index.ts'
import { audit, type Books, type StoredEvent, unhandled } from './books.ts'
import type { Command } from './sender.ts'

// The tests prove that the soak detects each kind of problem.

const booking = 'booking'
const concert = 'concert'

const numbered = (id: string, events: readonly object[]): StoredEvent[] =>
  events.map((event, index) => ({
    id,
    number: index + 1,
    type: '',
    commandId: `${id}-${index + 1}`,
    ...event,
  }))

const seatsAdded = { type: 'SeatsAdded', amount: 5 }
const reserved = { type: 'SeatsReserved', quantity: 3, reference: booking }
const released = { type: 'SeatsReleased', quantity: 3, reference: booking }
const placed = { type: 'BookingPlaced', concertId: concert, quantity: 3 }
const confirmed = { type: 'BookingConfirmed' }
const cancelled = { type: 'BookingCancelled', reserved: 3 }

function problems(ofConcert: object[], ofBooking: object[], change: Partial<Books> = {}): string[] {
  const events = numbered(concert, ofConcert)
  const left = events.reduce(
    (sum, { type, amount = 0, quantity = 0 }) =>
      sum + (type === 'SeatsReserved' ? -quantity : amount + quantity),
    0,
  )
  return audit({
    concerts: new Map([[concert, events]]),
    bookings: new Map([[booking, numbered(booking, ofBooking)]]),
    left: new Map([[concert, left]]),
    commands: [],
    ...change,
  })
}

test.each([
  ['confirmed', [seatsAdded, reserved], [placed, confirmed]],
  ['rejected', [seatsAdded], [placed, { type: 'BookingRejected' }]],
  ['cancelled at once', [seatsAdded], [placed, { ...cancelled, reserved: 0 }]],
  ['cancelled later', [seatsAdded, reserved, released], [placed, confirmed, cancelled]],
])('a booking that is %s passes the audit', (_, ofConcert, ofBooking) =>
  expect(problems(ofConcert, ofBooking)).toEqual([]),
)

test.each([
  ['a gap', [{ ...seatsAdded, number: 2 }], [placed, cancelled], /event 2 stands at place 1/],
  [
    'a repeated event',
    [seatsAdded, reserved],
    [placed, { ...confirmed, number: 1 }],
    /event 1 stands/,
  ],
  ['a hanging booking', [seatsAdded], [placed], /hangs/],
  ['a booking that was not placed', [seatsAdded], [cancelled], /begins with BookingCancelled/],
  ['an oversold concert', [reserved, seatsAdded], [placed, confirmed], /oversold by event 1/],
  ['a lost reservation', [seatsAdded], [placed, confirmed], /0 are reserved, not 3/],
  [
    'a doubled reservation',
    [{ ...seatsAdded, amount: 9 }, reserved, reserved],
    [placed, confirmed],
    /6 are/,
  ],
  [
    'a reservation for a rejected booking',
    [seatsAdded, reserved],
    [placed, { type: 'BookingRejected' }],
    /3 are reserved/,
  ],
  ['a lost release', [seatsAdded, reserved], [placed, confirmed, cancelled], /0 are released/],
  [
    'a doubled release',
    [seatsAdded, reserved, released, released],
    [placed, confirmed, cancelled],
    /6 are released, not 3/,
  ],
])('the audit detects %s', (_, ofConcert, ofBooking, problem) =>
  expect(problems(ofConcert, ofBooking)).toEqual([expect.stringMatching(problem)]),
)

test('the audit detects a number of seats that differs from the API', () =>
  expect(
    problems([seatsAdded, reserved], [placed, confirmed], { left: new Map([[concert, 5]]) }),
  ).toEqual(['concert: 2 are left, not 5']))

test('the audit detects a reservation of another concert', () => {
  const concerts = new Map([
    [concert, numbered(concert, [seatsAdded, reserved])],
    ['other', numbered('other', [seatsAdded, reserved])],
  ])
  const left = new Map([concert, 'other'].map((id) => [id, 2]))
  expect(problems([], [placed, confirmed], { concerts, left })).toEqual([
    'booking: another concert was reserved for it',
  ])
})

test.each<[string, Partial<Command>, number]>([
  ['accepted and lost', { commandId: 'lost', result: { id: concert } }, 0],
  ['rejected and stored', { commandId: `${concert}-1`, refusal: 'SoldOut' }, 1],
])('the audit detects a command that was %s', (_, command, times) => {
  const commands: Command[] = [
    { commandId: '', field: 'addSeats', input: {}, tries: 1, ...command },
  ]
  expect(problems([seatsAdded, reserved], [placed, confirmed], { commands })).toEqual([
    expect.stringContaining(`is stored ${times} times`),
  ])
})

test('the books show an event that the reactor has not handled', () => {
  const bookings = new Map([[booking, numbered(booking, [placed, confirmed, cancelled])]])
  const checkpoint = {
    reactor: 'fulfilment',
    id: booking,
    seen: 3,
    generation: 1,
    attempts: 0,
    revision: 1,
  }
  const at = (more: Partial<Checkpoint>) =>
    unhandled(bookings, new Map([[booking, { ...checkpoint, handled: 3, ...more }]]))
  expect(at({})).toEqual([])
  expect(at({ handled: 2 })).toHaveLength(1)
  expect(at({ skipped: [{ number: 3, reason: 'on purpose', at: '' }] })).toHaveLength(1)
  expect(unhandled(bookings, new Map())).toHaveLength(1)
})
