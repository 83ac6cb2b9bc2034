import { commitTogether, isEventSourcingError } from '../../lib/event-sourcing/index.ts'
import { reactor } from '../../lib/event-sourcing/reactions/index.ts'
import { Order } from '../../lib/ordering/index.ts'
import { Product, type Reservation } from '../../lib/shopping/index.ts'

export const reactions = {
  /**
   * Reserves the ordered products and confirms the order in one transaction, or rejects the order.
   */
  fulfilment: reactor(Order, {
    begins: 'beginning',

    async onOrderPlaced({ productId, quantity }, { id, commandId }) {
      await commitTogether(
        [new Order(id), new Product(productId)],
        ([order, product]) => {
          // The order was cancelled before this reaction ran.
          if (!order.isPending) return undefined
          const { event, refusal } = reservation(product, { quantity, reference: id })
          return event ? [order.confirming(), event] : [order.rejecting(refusal), undefined]
        },
        // The name identifies a repeated command, regardless of what the rules would decide now.
        { commandId: commandId(), command: 'fulfilment' },
      )
    },

    async onOrderCancelled({ productId, reserved }, { id, commandId }) {
      if (reserved === 0) return
      const release = { quantity: reserved, reference: id, commandId: commandId() }
      await new Product(productId).release(release)
    },
  }),

  /** Rejects an order that is still pending a day after it was placed. */
  deadline: reactor(Order, {
    begins: 'now',

    onOrderPlaced({ created }, { wakeAt }) {
      wakeAt(new Date(Date.parse(created) + DAY), 'unfulfilled')
    },
    onOrderConfirmed(_, { cancelWake }) {
      cancelWake('unfulfilled')
    },
    onOrderRejected(_, { cancelWake }) {
      cancelWake('unfulfilled')
    },
    onOrderCancelled(_, { cancelWake }) {
      cancelWake('unfulfilled')
    },

    wakes: {
      unfulfilled: (order, { commandId }) => order.expire({ commandId: commandId() }),
    },
  }),
}

/** Milliseconds. */
const DAY = 86_400_000

/** Returns the event of a reservation, or the reason why there is none. */
function reservation(product: Product, wanted: Reservation) {
  try {
    return { event: product.reserving(wanted), refusal: '' }
  } catch (error) {
    if (!isEventSourcingError(error, 'SoldOut')) throw error
    const refusal = product.version === 0 ? 'There is no such product' : error.message
    return { event: undefined, refusal }
  }
}
