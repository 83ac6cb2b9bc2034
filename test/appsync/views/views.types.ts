import { fold, list } from '../../../lib/event-sourcing/views/index.ts'
import { Booking } from '../../app/lib/bookings/index.ts'
import type { Views } from '../../app/lib/generated/views.ts'
import { Concert } from '../../app/lib/tickets/index.ts'

// Compiles only if the types of views keep their promises: `tsc` checks it.

type Tickets = Views['tickets']
type Bookings = Views['bookings']

const concertsByStatus = list(Concert, { version: 1, by: ({ status }) => status })
const seatsByDay = fold(Concert, {
  version: 1,
  by: ({ created }) => created.slice(0, 10),
  initial: { reserved: 0 },
  on: { SeatsReserved: ({ reserved }, { quantity }) => ({ reserved: reserved + quantity }) },
})

export const complete = { concertsByStatus, seatsByDay } satisfies Tickets

/** A field without a view. */
export const missing = {
  concertsByStatus,
  // @ts-expect-error Property 'seatsByDay' is missing
} satisfies Tickets

/** A view without a field. */
export const stray = {
  ...complete,
  // @ts-expect-error 'seatsByWeek' does not exist
  seatsByWeek: seatsByDay,
} satisfies Tickets

/** A word of the state that the enum of the argument lacks. */
export const unknownWord = {
  ...complete,
  // @ts-expect-error '"gone"' is not assignable to '"AVAILABLE" | "SOLD_OUT" | "available" | "sold-out"'
  concertsByStatus: list(Concert, { version: 1, by: () => 'gone' }),
} satisfies Tickets

/** Another resource than the page's. */
export const otherResource = {
  ...complete,
  // @ts-expect-error 'Booking' is missing the properties of 'Concert'
  concertsByStatus: list(Booking, { version: 1, by: () => 'available' }),
} satisfies Tickets

/** A kept object without a field of the page's resource. */
export const lessKept = {
  ...complete,
  // @ts-expect-error Property 'quantity' is missing
  concertsByStatus: list(Concert, {
    version: 1,
    by: ({ status }) => status,
    keep: ({ status }) => ({ status }),
  }),
} satisfies Tickets

/** A row without a field of its type. */
export const lessInRow = {
  ...complete,
  // @ts-expect-error Property 'reserved' is missing
  seatsByDay: fold(Concert, {
    version: 1,
    by: ({ created }) => created,
    initial: { seats: 0 },
    on: { SeatsReserved: ({ seats }, { quantity }) => ({ seats: seats + quantity }) },
  }),
} satisfies Tickets

/** A function for an event that the class does not have. */
export const unknownEvent = fold(Concert, {
  version: 1,
  by: ({ created }) => created,
  initial: { seats: 0 },
  // @ts-expect-error 'SeatsBurnt' does not exist
  on: { SeatsBurnt: (row) => row },
})

const bookingsOfConcert = list(Booking, {
  version: 1,
  by: ({ concertId }) => concertId,
  sort: ({ quantity }) => quantity,
})

export const sorted = { bookingsOfConcert } satisfies Bookings

/** A sort value of another type than `from` and `to`. */
export const otherSort = {
  // @ts-expect-error 'string' is not assignable to 'number'
  bookingsOfConcert: list(Booking, {
    version: 1,
    by: ({ concertId }) => concertId,
    sort: ({ status }) => `${status}`,
  }),
} satisfies Bookings

/** More parts in the key than the field has key arguments. */
export const longerKey = {
  // @ts-expect-error '[string, string]' is not assignable to 'string'
  bookingsOfConcert: list(Booking, {
    version: 1,
    by: ({ concertId, id }) => [concertId, id],
    sort: ({ quantity }) => quantity,
  }),
} satisfies Bookings
