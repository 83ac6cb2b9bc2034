export {
  Concert,
  type ConcertEvent,
  type Reservation,
  type SeatsAddedEvent,
  type SeatsReservedEvent,
  SoldOut,
} from './concert.ts'
