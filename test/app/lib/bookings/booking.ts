import {
  Aggregate,
  type CommitOptions,
  type Event,
  type EventHandlers,
  EventRejected,
  type Uncommitted,
  uuid,
} from '../../../../lib/event-sourcing/index.ts'

export interface BookingPlacedEvent extends Event {
  readonly type: 'BookingPlaced'
  readonly concertId: string
  readonly quantity: number
}

/** The seats are reserved. */
export interface BookingConfirmedEvent extends Event {
  readonly type: 'BookingConfirmed'
}

export interface BookingRejectedEvent extends Event {
  readonly type: 'BookingRejected'
  readonly reason: string
}

export interface BookingCancelledEvent extends Event {
  readonly type: 'BookingCancelled'
  readonly concertId: string
  /** The number of seats to release. */
  readonly reserved: number
}

export type BookingEvent =
  | BookingPlacedEvent
  | BookingConfirmedEvent
  | BookingRejectedEvent
  | BookingCancelledEvent

/** The quantity cannot be booked. Data: `quantity`. */
export class InvalidBookingQuantity extends EventRejected {
  override readonly code = 'InvalidBookingQuantity'
}

export class BookingExists extends EventRejected {
  override readonly code = 'BookingExists'
}

/** The booking was rejected or cancelled. Data: `status`. */
export class BookingNotOpen extends EventRejected {
  override readonly code = 'BookingNotOpen'
}

/** A resource that a reactor confirms or rejects. */
export class Booking extends Aggregate<BookingEvent> implements EventHandlers<BookingEvent> {
  status: 'placed' | 'confirmed' | 'rejected' | 'cancelled' = 'placed'
  concertId = ''
  quantity = 0
  reason?: string

  async place(concertId: string, quantity: number, options?: CommitOptions) {
    const booked = { concertId: uuid(concertId), quantity }
    return this.commit(({ version }) => {
      if (version > 0) throw new BookingExists('The booking is placed already')
      if (!Number.isSafeInteger(quantity) || quantity < 1) {
        throw new InvalidBookingQuantity('The quantity is a positive whole number', { quantity })
      }
      return { type: 'BookingPlaced', ...booked }
    }, options)
  }

  cancel(options?: CommitOptions) {
    return this.commit(
      ({ status, concertId, quantity }) => {
        if (status !== 'placed' && status !== 'confirmed') {
          throw new BookingNotOpen(`The booking is ${status}`, { status })
        }
        const reserved = status === 'confirmed' ? quantity : 0
        return { type: 'BookingCancelled', concertId, reserved }
      },
      { ...options, creates: false },
    )
  }

  /** Rejects a booking that is still pending after a day. Otherwise, commits nothing. */
  expire(options?: CommitOptions) {
    return this.commit(
      (booking) =>
        booking.isPending ? booking.rejecting('Not confirmed within a day') : undefined,
      { ...options, creates: false },
    )
  }

  /** Whether the booking is neither confirmed nor rejected yet. */
  get isPending(): boolean {
    return this.version > 0 && this.status === 'placed'
  }

  confirming(): Uncommitted<BookingConfirmedEvent> {
    return { type: 'BookingConfirmed' }
  }

  rejecting(reason: string): Uncommitted<BookingRejectedEvent> {
    return { type: 'BookingRejected', reason }
  }

  onBookingPlaced({ concertId, quantity }: BookingPlacedEvent) {
    this.concertId = concertId
    this.quantity = quantity
  }

  onBookingConfirmed() {
    this.status = 'confirmed'
  }

  onBookingRejected({ reason }: BookingRejectedEvent) {
    this.status = 'rejected'
    this.reason = reason
  }

  onBookingCancelled() {
    this.status = 'cancelled'
  }
}
