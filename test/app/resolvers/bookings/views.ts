import { list } from '../../../../lib/event-sourcing/views/index.ts'
import { Booking } from '../../lib/bookings/index.ts'
import type { Views } from '../../lib/generated/views.ts'

export const views = {
  bookingsOfConcert: list(Booking, {
    version: 1,
    by: ({ concertId }) => concertId,
    sort: ({ quantity }) => quantity,
    keep: ({ status, concertId, quantity }) => ({ status, concertId, quantity }),
  }),
} satisfies Views['bookings']
