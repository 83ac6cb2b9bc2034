import { type ApolloClient, gql } from '@apollo/client'
import { AUTH_TYPE } from 'aws-appsync-auth-link'
import { eventually } from '../support/eventually.ts'
import { apolloClient } from './support/apollo.ts'
import { knownSockets } from './support/known-sockets.ts'
import { PLACE_ORDER, UserApi, type UserMode } from './support/user-api.ts'

interface OrderEvent {
  readonly id: string
  readonly owner: string
}

const ALL = gql('subscription { onOrderEvent { id owner } }')
const OF_ONE = gql('subscription ($id: ID) { onOrderEvent(id: $id) { id owner } }')
const ORDER = gql('query ($id: ID!) { order(id: $id) { id status } }')
const ORDERS = gql('{ orders { items { id } } }')
/** Seconds. A subscription has to begin within the lifetime of its token, also on a busy machine. */
const LIFETIME = 8
const EXPIRED = /Token has expired/
/** AppSync's link leaves out the message of a rejected connection. */
const REJECTED = /UnauthorizedException/

const sockets = knownSockets()
const clients: ApolloClient[] = []

afterEach(() => {
  for (const client of clients.splice(0)) client.stop()
  for (const socket of sockets) socket.terminate()
})

function kept(client: ApolloClient): ApolloClient {
  clients.push(client)
  return client
}

function follow(client: ApolloClient, id?: string | null) {
  const events: OrderEvent[] = []
  const errors: unknown[] = []
  const followed = id === undefined ? { query: ALL } : { query: OF_ONE, variables: { id } }
  const subscription = client.subscribe<{ onOrderEvent: OrderEvent }>(followed).subscribe({
    next: ({ data, error }) => {
      if (data) events.push(data.onOrderEvent)
      if (error) errors.push(error)
    },
    error: (error) => errors.push(error),
  })
  return { events, errors, end: () => subscription.unsubscribe() }
}

type Followed = ReturnType<typeof follow>

/** Waits for an error of a subscription. Returns all that it contains. */
const failure = ({ errors }: Followed) =>
  eventually(async () => (errors.length > 0 ? detailsOf(errors[0]) : undefined), 20_000)

const rejection = (promise: Promise<unknown>) => promise.then(() => 'accepted', detailsOf)

/** Apollo hides answers of AppSync in several properties of its errors. */
function detailsOf(error: unknown): string {
  const hidden = ['errors', 'message', 'bodyText', 'cause', 'statusCode'] as const
  const values = hidden.map((name) => Reflect.get(Object(error), name))
  return JSON.stringify(values)
}

describe.each<[UserMode, 'AMAZON_COGNITO_USER_POOLS' | 'OPENID_CONNECT']>([
  ['userPool', AUTH_TYPE.AMAZON_COGNITO_USER_POOLS],
  ['oidc', AUTH_TYPE.OPENID_CONNECT],
])('Apollo with a user of %s', (mode, type) => {
  let api: UserApi

  beforeAll(async () => {
    api = await UserApi.start(mode)
  }, 60_000)
  afterAll(() => api?.remove(), 30_000)

  const clientOf = (jwtToken: () => Promise<string>) =>
    kept(apolloClient(api.run.outputs.graphqlUrl, { type, jwtToken }))

  /** Places orders until an event arrives: Apollo does not report when a subscription starts. */
  async function begun({ events, errors }: Followed): Promise<void> {
    const before = events.length
    await eventually(async () => {
      if (errors.length > 0) throw new Error(detailsOf(errors[0]))
      await api.placeOrder('alice')
      return events.length > before || undefined
    }, 20_000)
  }

  async function placed(client: ApolloClient): Promise<string> {
    const mutation = gql(PLACE_ORDER)
    const { data } = await client.mutate<{ placeOrder: { id: string } }>({ mutation })
    return data?.placeOrder.id ?? ''
  }

  test('sends commands and queries, and receives only the events of its user', async () => {
    const alice = clientOf(async () => api.newToken('alice'))
    const bob = clientOf(async () => api.newToken('bob'))
    const id = await placed(alice)
    expect((await alice.query({ query: ORDER, variables: { id } })).data).toMatchObject({
      order: { id },
    })
    const peeped = rejection(bob.query({ query: ORDER, variables: { id } }))
    expect(await peeped).toContain('Forbidden')

    const followed = follow(alice)
    // The argument of a client cannot widen the filter.
    const other = await placed(bob)
    const peeping = follow(alice, other)
    await begun(followed)
    await placed(bob)
    await bob
      .mutate({
        mutation: gql('mutation ($id: ID!) { cancelOrder(input: { id: $id }) { id } }'),
        variables: { id: other },
      })
      .catch(() => {})
    const last = await placed(alice)
    await eventually(async () => followed.events.some((event) => event.id === last) || undefined)
    expect(new Set(followed.events.map(({ owner }) => owner))).toEqual(new Set(['alice']))
    expect([...peeping.events, ...peeping.errors, ...followed.errors]).toEqual([])
    for (const { end } of [followed, peeping]) end()
  }, 60_000)

  test('is rejected with an expired token, and goes on after the renewal', async () => {
    let token = api.newToken('alice', LIFETIME)
    const client = clientOf(async () => token)
    const before = follow(client)
    await begun(before)
    await api.expiry(token)

    expect(await rejection(client.query({ query: ORDERS }))).toMatch(EXPIRED)
    // Apollo would share the running subscription with one that is equal to it.
    expect(await failure(follow(client, before.events[0]?.id))).toMatch(EXPIRED)
    // The running subscription continues.
    await begun(before)

    token = api.newToken('alice')
    expect((await client.query({ query: ORDERS })).data).toHaveProperty('orders')
    expect(before.errors).toEqual([])
    before.end()
    const after = follow(client)
    await begun(after)
    expect(after.errors).toEqual([])
    after.end()
  }, 60_000)

  test('connects again only with a renewed token', async () => {
    let token = api.newToken('alice', LIFETIME)
    const client = clientOf(async () => token)
    const first = follow(client)
    await begun(first)
    await api.expiry(token)
    for (const socket of sockets) socket.terminate()
    await failure(first)
    first.end()
    const second = follow(client)
    expect(await failure(second)).toMatch(REJECTED)
    second.end()

    token = api.newToken('alice')
    const third = follow(client)
    await begun(third)
    expect(third.errors).toEqual([])
    third.end()
  }, 60_000)

  test('gets the error of a subscription that the rules refuse', async () => {
    // An owner's filter has no place for null.
    const followed = follow(
      clientOf(async () => api.newToken('alice')),
      null,
    )
    expect(await failure(followed)).toContain('InvalidArgument')
    followed.end()
  }, 60_000)
})
