import { command } from '../../../../lib/appsync/index.ts'
import { Booking } from '../../lib/bookings/index.ts'
import type { MutationResolvers } from '../../lib/generated/schema.ts'

export const commands = {
  placeBooking: command(Booking, (booking, { concertId, quantity }, options) =>
    booking.place(concertId, quantity, options),
  ),

  cancelBooking: command(Booking, (booking, _, options) => booking.cancel(options)),
} satisfies MutationResolvers
