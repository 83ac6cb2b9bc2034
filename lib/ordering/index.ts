export { InvalidOrderQuantity, OrderExists, OrderNotOpen } from './errors.ts'
export type {
  OrderCancelledEvent,
  OrderConfirmedEvent,
  OrderEvent,
  OrderPlacedEvent,
  OrderRejectedEvent,
} from './events.ts'
export { Order, type OrderResource } from './order.ts'
