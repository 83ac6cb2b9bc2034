import { randomUUID } from 'node:crypto'

const OWNED = ['own', 'other', 'missing'] as const

/** The things that a caller asks about. */
export interface Ids {
  readonly orders: Owned
  readonly product: string
  /** The users who own the orders. */
  readonly owners: Owned
}

/** An id of the caller, one of another user, and one of nobody. */
type Owned = Readonly<Record<(typeof OWNED)[number], string>>

/** A field that a caller asks for. */
export interface Question {
  readonly field: string
  /** The resource that it is about. Empty: about none, or about one without an owner. */
  readonly about: 'own' | 'other' | 'missing' | ''
  readonly query: string
  readonly variables: object
}

const EVENT = { number: 1, type: 'Forged', created: '2026-01-01T00:00:00Z' }

/** Returns a question for each field of the API; several for a field of an owned resource. */
export function questionsAbout({ product, orders, owners }: Ids): readonly Question[] {
  const reactor = { reactor: 'ordering.fulfilment' }
  const parked = { ...reactor, id: randomUUID() }
  const number = 1
  return [
    ...about('order', orders, (id) => `{ order(id: "${id}") { id status } }`),
    one('orders', '{ orders { items { id } nextToken } }'),
    ...about('orderEvents', orders, (id) => `{ orderEvents(id: "${id}") { id type } }`),
    one('ordersOfOwner', '{ ordersOfOwner { items { id } nextToken } }'),
    ...about('ordersOfOwner', owners, (id) => `{ ordersOfOwner(owner: "${id}") { items { id } } }`),
    one('product', `{ product(id: "${product}") { id } }`),
    one('products', '{ products { items { id } } }'),
    one('productEvents', `{ productEvents(id: "${product}") { id } }`),
    one('productsByStatus', '{ productsByStatus(status: AVAILABLE) { items { id } } }'),
    one('reservedByDay', '{ reservedByDay(day: "2026-01-01") { reserved } }'),
    one('views', '{ views { view } }'),
    one('viewTables', '{ viewTables { region } }'),
    one('reactors', '{ reactors }'),
    one('reactorProgress', `{ reactorProgress(reactor: "${reactor.reactor}") { resources } }`),
    one('parkedReactions', `{ parkedReactions(reactor: "${reactor.reactor}") { id } }`),
    input('placeOrder', 'PlaceOrderInput', { productId: product, quantity: 1 }),
    ...OWNED.map((about): Question => {
      const asked = input('cancelOrder', 'CancelOrderInput', { id: orders[about] })
      return { ...asked, about }
    }),
    event('publishOrderEvent', 'OrderEventInput', orders.missing),
    input('restockProduct', 'RestockProductInput', { amount: 1 }),
    input('reserveProduct', 'ReserveProductInput', { id: product }),
    event('publishProductEvent', 'ProductEventInput', orders.missing),
    input('retryReaction', 'RetryReactionInput', parked),
    input('skipReaction', 'SkipReactionInput', { ...parked, number, reason: 'test' }),
    input('replayReactor', 'ReplayReactorInput', { ...reactor, id: randomUUID() }, 'rewound'),
    input('pauseReactor', 'PauseReactorInput', { reactor: 'ordering.none' }, 'reactor'),
    input('rebuildView', 'RebuildViewInput', { view: 'none' }, 'build'),
    input('resumeReactor', 'ResumeReactorInput', { reactor: 'ordering.none' }, 'reactor'),
    ...about('onOrderEvent', orders, (id) => `subscription { onOrderEvent(id: "${id}") ${FED} }`),
    one('onProductEvent', `subscription { onProductEvent(id: "${product}") ${FED} }`),
  ]
}

const FED = '{ id type owner }'

function about(field: string, ids: Owned, query: (id: string) => string): readonly Question[] {
  return OWNED.map((which) => ({ field, about: which, query: query(ids[which]), variables: {} }))
}

function one(field: string, query: string): Question {
  return { field, about: '', query, variables: {} }
}

function input(field: string, type: string, value: object, shown = 'id'): Question {
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${shown} } }`
  return { field, about: '', query, variables: { input: value } }
}

function event(field: string, type: string, id: string): Question {
  const query = `mutation ($event: ${type}!) { ${field}(event: $event) { id } }`
  return { field, about: '', query, variables: { event: { id, ...EVENT } } }
}
