export { Booking, type BookingEvent } from './booking.ts'
