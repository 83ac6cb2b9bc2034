// The rules that an access.ts of each domain needs, one for each field. Generated.
import type { OwnerlessRule, Rule } from '../../../../lib/appsync/index.ts'
import type { Booking } from '../bookings/index.ts'
import type { Concert } from '../tickets/index.ts'
import type * as api from './schema.ts'

/** The rules of a domain: `export const access = { … } satisfies Access['shopping']`. */
export interface Access {
  readonly bookings: {
    readonly booking: Rule<Booking, api.QuerybookingArgs>
    readonly bookings: Rule<undefined, api.QuerybookingsArgs>
    readonly bookingEvents: Rule<Booking, api.QuerybookingEventsArgs>
    readonly bookingsOfConcert: OwnerlessRule<api.QuerybookingsOfConcertArgs>
    readonly placeBooking: OwnerlessRule<api.PlaceBookingInput>
    readonly cancelBooking: Rule<Booking, api.CancelBookingInput>
    readonly onBookingEvent: Rule<Booking | undefined, api.SubscriptiononBookingEventArgs>
  }
  readonly tickets: {
    readonly concert: Rule<Concert, api.QueryconcertArgs>
    readonly concerts: Rule<undefined, api.QueryconcertsArgs>
    readonly concertEvents: Rule<Concert, api.QueryconcertEventsArgs>
    readonly concertsByStatus: OwnerlessRule<api.QueryconcertsByStatusArgs>
    readonly seatsByDay: OwnerlessRule<api.QueryseatsByDayArgs>
    readonly addSeats: Rule<Concert | undefined, api.AddSeatsInput>
    readonly reserveSeats: Rule<Concert, api.ReserveSeatsInput>
    readonly onConcertEvent: Rule<Concert | undefined, api.SubscriptiononConcertEventArgs>
  }
}
