import { commitTogether, isEventSourcingError } from '../../../../lib/event-sourcing/index.ts'
import { reactor } from '../../../../lib/event-sourcing/reactions/index.ts'
import { Booking } from '../../lib/bookings/index.ts'
import { Concert, type Reservation } from '../../lib/tickets/index.ts'

export const reactions = {
  /**
   * Reserves the booked seats and confirms the booking in one transaction, or rejects the booking.
   */
  fulfilment: reactor(Booking, {
    begins: 'beginning',

    async onBookingPlaced({ concertId, quantity }, { id, commandId }) {
      await commitTogether(
        [new Booking(id), new Concert(concertId)],
        ([booking, concert]) => {
          // The booking was cancelled before this reaction ran.
          if (!booking.isPending) return undefined
          const { event, refusal } = reservation(concert, { quantity, reference: id })
          return event ? [booking.confirming(), event] : [booking.rejecting(refusal), undefined]
        },
        // The name identifies a repeated command, regardless of what the rules would decide now.
        { commandId: commandId(), command: 'fulfilment' },
      )
    },

    async onBookingCancelled({ concertId, reserved }, { id, commandId }) {
      if (reserved === 0) return
      const release = { quantity: reserved, reference: id, commandId: commandId() }
      await new Concert(concertId).release(release)
    },
  }),

  /** Rejects a booking that is still pending a day after it was placed. */
  deadline: reactor(Booking, {
    begins: 'now',

    onBookingPlaced({ created }, { wakeAt }) {
      wakeAt(new Date(Date.parse(created) + DAY), 'unconfirmed')
    },
    onBookingConfirmed(_, { cancelWake }) {
      cancelWake('unconfirmed')
    },
    onBookingRejected(_, { cancelWake }) {
      cancelWake('unconfirmed')
    },
    onBookingCancelled(_, { cancelWake }) {
      cancelWake('unconfirmed')
    },

    wakes: {
      unconfirmed: (booking, { commandId }) => booking.expire({ commandId: commandId() }),
    },
  }),
}

/** Milliseconds. */
const DAY = 86_400_000

/** Returns the event of a reservation, or the reason why there is none. */
function reservation(concert: Concert, wanted: Reservation) {
  try {
    return { event: concert.reserving(wanted), refusal: '' }
  } catch (error) {
    if (!isEventSourcingError(error, 'SoldOut')) throw error
    const refusal = concert.version === 0 ? 'There is no such concert' : error.message
    return { event: undefined, refusal }
  }
}
