import { Broken } from '../expectations.ts'
import type { Given } from '../promise.ts'
import type { Api } from './api.ts'

/** A resource type of the examples, as clients see it. */
export interface ResourceType {
  /** The field of one resource: `product`. */
  readonly one: string
  /** The field of all resources: `products`. */
  readonly all: string
  /** The field of the history: `productEvents`. */
  readonly events: string
  /** The field of the subscription: `onProductEvent`. */
  readonly subscription: string
  readonly stateFields: string
  readonly eventFields: string
}

export interface ApiEvent {
  readonly id: string
  readonly number: number
  readonly type: string
  readonly created: string
  readonly commandId: string | null
  readonly traceId: string | null
  readonly owner: string | null
  readonly actor: string | null
  readonly amount?: number | null
  readonly quantity?: number | null
  readonly reference?: string | null
  readonly productId?: string | null
  readonly reason?: string | null
  readonly reserved?: number | null
}

export interface ProductState {
  readonly id: string
  readonly version: number
  readonly status: string
  readonly quantity: number
}

export interface OrderState extends ProductState {
  readonly productId: string
  readonly reason: string | null
}

const EVENT = 'id number type created commandId traceId owner actor truncated'

export const PRODUCT: ResourceType = {
  one: 'product',
  all: 'products',
  events: 'productEvents',
  subscription: 'onProductEvent',
  stateFields: 'id version status quantity',
  eventFields: `${EVENT} amount quantity reference`,
}

export const ORDER: ResourceType = {
  one: 'order',
  all: 'orders',
  events: 'orderEvents',
  subscription: 'onOrderEvent',
  stateFields: 'id version status quantity productId reason',
  eventFields: `${EVENT} productId quantity reason reserved`,
}

export type Input = Readonly<Record<string, unknown>>

const RESTOCK = `mutation ($input: RestockProductInput!) { restockProduct(input: $input) { ${PRODUCT.stateFields} } }`
const RESERVE = `mutation ($input: ReserveProductInput!) { reserveProduct(input: $input) { ${PRODUCT.stateFields} } }`
const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { ${ORDER.stateFields} } }`
const CANCEL = `mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { ${ORDER.stateFields} } }`

/** The mutations of the examples. */
export const MUTATIONS = {
  restockProduct: RESTOCK,
  reserveProduct: RESERVE,
  placeOrder: PLACE,
  cancelOrder: CANCEL,
} as const

export type Mutation = keyof typeof MUTATIONS

/** Runs a command that has to succeed. Returns the state in its answer. */
export async function command<S extends ProductState>(
  api: Api,
  mutation: Mutation,
  input: Input,
): Promise<S> {
  const data = await api.ask<Record<string, S>>(MUTATIONS[mutation], { input })
  return present(data[mutation], mutation)
}

export const restock = (api: Api, input: Input): Promise<ProductState> =>
  command(api, 'restockProduct', input)

export const reserve = (api: Api, input: Input): Promise<ProductState> =>
  command(api, 'reserveProduct', input)

export const placeOrder = (api: Api, input: Input): Promise<OrderState> =>
  command(api, 'placeOrder', input)

export const cancelOrder = (api: Api, input: Input): Promise<OrderState> =>
  command(api, 'cancelOrder', input)

/**
 * Returns a resource's state, or null if it does not exist.
 * @param moment `version: 3`, or `at: "…"`; default: the current state
 */
export async function stateOf<S extends ProductState>(
  { api }: Pick<Given, 'api'>,
  { one, stateFields }: ResourceType,
  id: string,
  moment = '',
): Promise<S | null> {
  const query = `query ($id: ID!) { ${one}(id: $id ${moment && `, ${moment}`}) { ${stateFields} } }`
  const data = await api.ask<Record<string, S | null>>(query, { id })
  return data[one] ?? null
}

/** Returns a page of a resource's events. */
export async function eventsOf(
  { api }: Pick<Given, 'api'>,
  { events, eventFields }: ResourceType,
  id: string,
  range: { readonly after?: number; readonly limit?: number } = { limit: 1000 },
): Promise<readonly ApiEvent[]> {
  const query = `query ($id: ID!, $after: Int, $limit: Int) { ${events}(id: $id, after: $after, limit: $limit) { ${eventFields} } }`
  const data = await api.ask<Record<string, readonly ApiEvent[]>>(query, { id, ...range })
  return present(data[events], events)
}

function present<T>(value: T | null | undefined, field: string): T {
  if (value !== null && value !== undefined) return value
  throw new Broken(`${field}: expected a value; saw null`)
}
