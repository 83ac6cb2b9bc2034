// The views that a views.ts of each domain needs, one for each @view field. Generated.
import type { FoldFor, ListFor } from '../../../../lib/appsync/index.ts'
import type { SortValue } from '../../../../lib/event-sourcing/views/index.ts'
import type { Booking } from '../bookings/index.ts'
import type { Concert } from '../tickets/index.ts'
import type * as api from './schema.ts'

/** The views of a domain: `export const views = { … } satisfies Views['shopping']`. */
export interface Views {
  readonly bookings: {
    readonly bookingsOfConcert: ListFor<Booking, [concertId: string], number, api.Booking>
  }
  readonly tickets: {
    readonly concertsByStatus: ListFor<Concert, [status: api.ConcertStatus], SortValue, api.Concert>
    readonly seatsByDay: FoldFor<[day: string], SortValue, api.SeatsByDay>
  }
}
