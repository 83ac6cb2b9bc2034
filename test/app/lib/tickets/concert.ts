import {
  Aggregate,
  type CommitOptions,
  type Event,
  type EventHandlers,
  EventRejected,
  type Uncommitted,
  type Upcasters,
} from '../../../../lib/event-sourcing/index.ts'

export interface SeatsAddedEvent extends Event {
  readonly type: 'SeatsAdded'
  readonly amount: number
}

export interface SeatsReservedEvent extends Event {
  readonly type: 'SeatsReserved'
  readonly quantity: number
  /** The purpose of the reservation, such as a booking's id. */
  readonly reference?: string
}

export interface SeatsReleasedEvent extends Event {
  readonly type: 'SeatsReleased'
  readonly quantity: number
  readonly reference?: string
}

export type ConcertEvent = SeatsAddedEvent | SeatsReservedEvent | SeatsReleasedEvent

/** The command reserves more seats than are left. Data: `quantity`, `left`. */
export class SoldOut extends EventRejected {
  override readonly code = 'SoldOut'
}

/** The amount of seats cannot be added. Data: `amount`. */
export class InvalidAmount extends EventRejected {
  override readonly code = 'InvalidAmount'
}

/** The quantity cannot be reserved or released. Data: `quantity`. */
export class InvalidQuantity extends EventRejected {
  override readonly code = 'InvalidQuantity'
}

/** The command releases more seats than are reserved. Data: `quantity`, `reserved`. */
export class NotReserved extends EventRejected {
  override readonly code = 'NotReserved'
}

export interface Reservation {
  /** The number of seats. Default: 1. */
  readonly quantity?: number | undefined
  readonly reference?: string | undefined
}

/** The maximum of a GraphQL Int. */
const MOST_SEATS = 2 ** 31 - 1

/** A resource with an upcaster, refusals with data, and events that are committed with others. */
export class Concert extends Aggregate<ConcertEvent> implements EventHandlers<ConcertEvent> {
  static override readonly upcasters: Upcasters<ConcertEvent> = {
    // Old events have no quantity, because a reservation was always for one seat.
    SeatsReserved: ({ quantity = 1, reference }) => ({
      type: 'SeatsReserved',
      quantity: Number(quantity),
      ...(reference !== undefined && { reference: String(reference) }),
    }),
  }

  status: 'available' | 'sold-out' = 'sold-out'
  /** The number of seats left to reserve. */
  quantity = 0
  /** The number of seats that are reserved and not released. */
  reserved = 0

  addSeats(amount: number, options?: CommitOptions) {
    return this.commit(({ quantity, reserved }) => {
      if (!Number.isSafeInteger(amount) || amount < 1) {
        throw new InvalidAmount('The amount is a positive whole number', { amount })
      }
      if (quantity + reserved + amount > MOST_SEATS) {
        throw new InvalidAmount(`A concert has at most ${MOST_SEATS} seats`, { amount })
      }
      return { type: 'SeatsAdded', amount }
    }, options)
  }

  reserve({ quantity, reference, ...options }: Reservation & CommitOptions = {}) {
    return this.commit((concert) => concert.reserving({ quantity, reference }), options)
  }

  release({ quantity = 1, reference, ...options }: Reservation & CommitOptions = {}) {
    return this.commit(({ reserved }) => {
      checkQuantity(quantity)
      if (quantity > reserved) {
        throw new NotReserved(`Only ${reserved} are reserved`, { quantity, reserved })
      }
      return { type: 'SeatsReleased', quantity, ...(reference !== undefined && { reference }) }
    }, options)
  }

  /** Returns the event of a reservation, to commit together with other events. */
  reserving({ quantity = 1, reference }: Reservation): Uncommitted<SeatsReservedEvent> {
    checkQuantity(quantity)
    const left = this.quantity
    if (quantity > left) {
      const why = left > 0 ? `Only ${left} seats are left` : 'The concert is sold out'
      throw new SoldOut(why, { quantity, left })
    }
    return { type: 'SeatsReserved', quantity, ...(reference !== undefined && { reference }) }
  }

  onSeatsAdded({ amount }: SeatsAddedEvent) {
    this.quantity += amount
    this.status = 'available'
  }

  // An event that a test commits by hand may have no quantity.
  onSeatsReserved({ quantity = 1 }: SeatsReservedEvent) {
    this.quantity -= quantity
    this.reserved += quantity
    this.status = this.quantity > 0 ? 'available' : 'sold-out'
  }

  onSeatsReleased({ quantity }: SeatsReleasedEvent) {
    this.quantity += quantity
    this.reserved -= quantity
    this.status = 'available'
  }
}

function checkQuantity(quantity: number): void {
  if (Number.isSafeInteger(quantity) && quantity > 0) return
  throw new InvalidQuantity('The quantity is a positive whole number', { quantity })
}
