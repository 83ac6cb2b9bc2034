import { eventually } from '../support/eventually.ts'
import { AmplifyProcess } from './support/amplify-process.ts'
import { PLACE_ORDER, UserApi, type UserMode } from './support/user-api.ts'

const ALL = 'subscription { onOrderEvent { id owner } }'
const OF_ONE = 'subscription ($id: ID) { onOrderEvent(id: $id) { id owner } }'
const ORDER = 'query ($id: ID!) { order(id: $id) { id status } }'
const ORDERS = '{ orders { items { id } } }'
const EXPIRED = /Token has expired/
/** Seconds. A subscription has to begin within the lifetime of its token, also on a busy machine. */
const LIFETIME = 12

let amplify: AmplifyProcess

afterEach(() => amplify?.end())

describe.each<UserMode>(['userPool', 'oidc'])('Amplify with a user of %s', (mode) => {
  let api: UserApi

  beforeAll(async () => {
    api = await UserApi.start(mode)
  }, 60_000)
  afterAll(() => api?.remove(), 30_000)

  function start(token: string): AmplifyProcess {
    amplify = new AmplifyProcess(api.run, mode)
    amplify.order({ token })
    return amplify
  }

  const events = (name: string) =>
    amplify.of(name).flatMap(({ data }) => (data?.onOrderEvent ? [data.onOrderEvent] : []))

  /** Places orders until an event arrives: Amplify does not report when a subscription starts. */
  async function begun(name: string): Promise<void> {
    const before = events(name).length
    await eventually(async () => {
      await api.placeOrder('alice')
      return events(name).length > before || undefined
    }, 30_000)
  }

  test('sends commands and queries, and receives only the events of its user', async () => {
    const { send, order } = bound(start(api.newToken('alice')))
    const placed = await send(PLACE_ORDER)
    const id = placed.data?.placeOrder?.id
    expect(await send(ORDER, { id })).toMatchObject({ data: { order: { id } } })
    const other = await api.placeOrder('bob')
    expect((await send(ORDER, { id: other })).error).toContain('Forbidden')

    order({ name: 'all', query: ALL })
    await begun('all')
    await api.placeOrder('bob')
    const last = (await send(PLACE_ORDER)).data?.placeOrder?.id
    await eventually(async () => events('all').some((event) => event.id === last) || undefined)
    expect(new Set(events('all').map(({ owner }) => owner))).toEqual(new Set(['alice']))
  }, 60_000)

  test('is rejected with an expired token, and goes on after the renewal', async () => {
    const token = api.newToken('alice', LIFETIME)
    const { send, order } = bound(start(token))
    order({ name: 'before', query: ALL })
    await begun('before')
    await api.expiry(token)

    // Amplify replaces the message of a rejected request.
    expect((await send(ORDERS)).error).toContain('Unauthorized')
    // The running subscription continues.
    await begun('before')
    const [first] = events('before')
    order({ name: 'refused', query: OF_ONE, variables: { id: first?.id } })
    expect(await amplify.failure('refused')).toMatch(EXPIRED)

    order({ token: api.newToken('alice') })
    expect(await send(ORDERS)).toMatchObject({ about: 'answer' })
    // Amplify closes the connection after the rejection, and connects again after five seconds. It
    // forgets the running subscription if another one opens a connection before.
    await begun('before')
    order({ name: 'after', query: ALL })
    await begun('after')
    const observed = ['before', 'after'].flatMap((name) => amplify.of(name))
    expect(observed.filter(({ about }) => about === 'failed')).toEqual([])
  }, 60_000)

  test('connects again by itself with a renewed token', async () => {
    const token = api.newToken('alice', LIFETIME)
    const { order } = bound(start(token))
    order({ name: 'all', query: ALL })
    await begun('all')
    await api.expiry(token)
    order({ token: api.newToken('alice') })
    order({ cut: true })
    await begun('all')
    expect(new Set(events('all').map(({ owner }) => owner))).toEqual(new Set(['alice']))
  }, 60_000)

  test('gets the error of a subscription that the rules refuse', async () => {
    const { order } = bound(start(api.newToken('alice')))
    // An owner's filter has no place for null.
    order({ name: 'refused', query: 'subscription { onOrderEvent(id: null) { id owner } }' })
    expect(await amplify.failure('refused')).toContain('InvalidArgument')
  }, 60_000)
})

function bound(started: AmplifyProcess) {
  return {
    send: (query: string, variables?: object) => started.send(query, variables),
    order: (order: Parameters<AmplifyProcess['order']>[0]) => started.order(order),
  }
}
