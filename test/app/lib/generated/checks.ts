// Compiles only if the classes of the domains have all fields of the schema. Generated.
import type { AttributesOf, Fits, MissingAttributes, NoneMissing, Shown } from '../../../../lib/appsync/index.ts'
import type { EventOf } from '../../../../lib/event-sourcing/index.ts'
import type { Booking } from '../bookings/index.ts'
import type { Concert } from '../tickets/index.ts'
import type * as api from './schema.ts'

/** The class Booking has all fields of the type Booking. */
export type ShowsBooking = Fits<Shown<Booking>, api.Booking>
/** The type BookingEvent has all attributes of the events of Booking. */
export type FeedsBooking = [
  NoneMissing<
    MissingAttributes<EventOf<Booking>, api.BookingEvent, 'BookingEvent in resolvers/bookings/schema.graphql'>
  >,
  Fits<AttributesOf<EventOf<Booking>>, Partial<api.BookingEvent>>,
]

/** The class Concert has all fields of the type Concert. */
export type ShowsConcert = Fits<Shown<Concert>, api.Concert>
/** The type ConcertEvent has all attributes of the events of Concert. */
export type FeedsConcert = [
  NoneMissing<
    MissingAttributes<EventOf<Concert>, api.ConcertEvent, 'ConcertEvent in resolvers/tickets/schema.graphql'>
  >,
  Fits<AttributesOf<EventOf<Concert>>, Partial<api.ConcertEvent>>,
]
