export {
  Concert,
  type ConcertEvent,
  type Reservation,
  type SeatsReservedEvent,
  SoldOut,
} from './concert.ts'
