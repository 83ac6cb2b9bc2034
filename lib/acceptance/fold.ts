import type { ApiEvent, OrderState, ProductState } from './api/resources.ts'

/** Returns the state of a product after its events, as the promises define it. */
export function productAfter(id: string, events: readonly ApiEvent[]): ProductState {
  let quantity = 0
  for (const event of events) {
    if (event.type === 'ProductRestocked') quantity += event.amount ?? 0
    else if (event.type === 'ProductReserved') quantity -= event.quantity ?? 0
    else quantity += event.quantity ?? 0
  }
  return { id, version: events.length, status: quantity > 0 ? 'AVAILABLE' : 'SOLD_OUT', quantity }
}

const STATUS: Readonly<Record<string, string>> = {
  OrderPlaced: 'PLACED',
  OrderConfirmed: 'CONFIRMED',
  OrderRejected: 'REJECTED',
  OrderCancelled: 'CANCELLED',
}

/** Returns the state of an order after its events. */
export function orderAfter(id: string, events: readonly ApiEvent[]): OrderState {
  const [placed] = events
  const rejected = events.find(({ type }) => type === 'OrderRejected')
  return {
    id,
    version: events.length,
    status: STATUS[events.at(-1)?.type ?? ''] ?? 'none',
    productId: placed?.productId ?? '',
    quantity: placed?.quantity ?? 0,
    reason: rejected?.reason ?? null,
  }
}
