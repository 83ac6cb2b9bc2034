import {
  everyone,
  group,
  type OwnerlessRule,
  or,
  owner,
  type Rule,
  users,
} from '../../../lib/appsync/index.ts'
import type { Access } from '../../app/lib/generated/access.ts'

// Compiles only if the types of rules keep their promises: `tsc` checks it.

type Bookings = Access['bookings']

const complete = {
  booking: or(group('staff'), owner),
  bookings: owner,
  bookingEvents: everyone,
  bookingsOfConcert: everyone,
  onBookingEvent: ({ kind }) => kind === 'iam',
  placeBooking: users,
  cancelBooking: or(
    owner,
    (caller, booking, { id }) =>
      caller.kind === 'user' && booking.status === 'placed' && id === booking.id,
  ),
} satisfies Bookings

/** A field without a rule. */
export const missing = {
  ...{
    booking: owner,
    bookings: owner,
    bookingEvents: owner,
    bookingsOfConcert: everyone,
    onBookingEvent: owner,
    placeBooking: users,
  },
  // @ts-expect-error Property 'cancelBooking' is missing
} satisfies Bookings

/** A rule for a field that does not exist. */
export const stray = {
  ...complete,
  // @ts-expect-error 'deleteBooking' does not exist
  deleteBooking: owner,
} satisfies Bookings

/** A list and a creation have no resource. */
export const without = {
  ...complete,
  // @ts-expect-error the resource is undefined
  bookings: (_, booking) => booking.status === 'placed',
} satisfies Bookings

/** A subscription has a resource only if the client names one. */
export const sometimes = {
  ...complete,
  // @ts-expect-error the resource may be undefined
  onBookingEvent: (_, booking) => booking.status === 'placed',
} satisfies Bookings

/** A command without an id has no resource to compare. */
export const creating = {
  ...complete,
  // @ts-expect-error placeBooking has no owner
  placeBooking: owner,
} satisfies Bookings

export const ownerless: OwnerlessRule<{ readonly day: string }> = or(
  group('staff'),
  (_, _resource, { day }) => day > '2030',
)

// @ts-expect-error a field that concerns no resource has no owner
export const noOwner: OwnerlessRule<object> = owner
// @ts-expect-error also not as one of several rules
export const noOwnerEither: OwnerlessRule<object> = or(users, owner)
// @ts-expect-error a rule returns a boolean
export const noBoolean: Rule<undefined, object> = () => 'yes'
