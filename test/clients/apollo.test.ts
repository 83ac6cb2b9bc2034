import { type ApolloClient, gql } from '@apollo/client'
import { AUTH_TYPE } from 'aws-appsync-auth-link'
import { type ApiEvent, apolloTransport, eventFeed } from '../../lib/client/index.ts'
import { readings } from '../client/support/reading.ts'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'
import { apolloClient } from './support/apollo.ts'
import { knownSockets } from './support/known-sockets.ts'

let run: LocalRun
const sockets = knownSockets()

beforeAll(async () => {
  run = await LocalRun.start()
}, 60_000)
afterAll(async () => {
  for (const socket of sockets) socket.terminate()
  await run?.remove()
}, 30_000)

const clientOf = (apiKey = run.outputs.apiKey): ApolloClient =>
  apolloClient(run.outputs.graphqlUrl, { type: AUTH_TYPE.API_KEY, apiKey })

async function opened(client: ApolloClient): Promise<string> {
  const { data } = await client.mutate<{ addSeats: { id: string } }>({
    mutation: gql('mutation { addSeats(input: { amount: 1 }) { id } }'),
  })
  return data?.addSeats.id ?? ''
}

const addSeats = (id: string) =>
  run.graphql('mutation ($id: ID!) { addSeats(input: { id: $id, amount: 1 }) { id } }', {
    id,
  })

const EVENTS = gql('subscription ($id: ID) { onConcertEvent(id: $id) { id number } }')

function follow(client: ApolloClient, id: string) {
  const numbers: number[] = []
  const errors: unknown[] = []
  const subscription = client
    .subscribe<{ onConcertEvent: { number: number } }>({ query: EVENTS, variables: { id } })
    .subscribe({
      next: ({ data, error }) => {
        if (data) numbers.push(data.onConcertEvent.number)
        if (error) errors.push(error)
      },
      error: (error) => errors.push(error),
    })
  return { numbers, errors, end: () => subscription.unsubscribe() }
}

/**
 * Adds seats until an event arrives: neither Apollo nor its link reports when a subscription
 * starts.
 */
async function begun(id: string, { numbers }: { readonly numbers: readonly number[] }) {
  const before = numbers.length
  return eventually(async () => {
    await addSeats(id)
    return numbers.length > before || undefined
  }, 20_000)
}

test('Apollo with AppSync’s link sends commands and receives events', async () => {
  const client = clientOf()
  const id = await opened(client)
  const { numbers, errors, end } = follow(client, id)
  await begun(id, { numbers })
  const { data } = await run.graphql('query ($id: ID!) { concert(id: $id) { version } }', { id })
  const next = (data?.concert?.version ?? 0) + 1
  await addSeats(id)
  await eventually(async () => numbers.includes(next) || undefined)
  end()
  expect(errors).toEqual([])
  client.stop()
}, 60_000)

test('a hundred subscriptions of Apollo share a connection', async () => {
  const client = clientOf()
  const before = sockets.length
  const ids = await Promise.all(Array.from({ length: 100 }, () => opened(client)))
  const followed = ids.map((id) => ({ id, ...follow(client, id) }))
  for (const { id, numbers } of followed) await begun(id, { numbers })
  expect(followed.flatMap(({ errors }) => errors)).toEqual([])
  expect(sockets.length - before).toBe(1)
  for (const { end } of followed) end()
  client.stop()
}, 60_000)

test('Apollo reports a cut connection, and can subscribe again', async () => {
  const client = clientOf()
  const id = await opened(client)
  const first = follow(client, id)
  await begun(id, first)
  sockets.at(-1)?.terminate()
  await eventually(async () => first.errors.length > 0 || undefined, 20_000)
  first.end()
  const second = follow(client, id)
  await begun(id, second)
  second.end()
  client.stop()
}, 60_000)

test('Apollo is rejected with a wrong key', async () => {
  const client = clientOf('da2-wrong')
  await expect(opened(client)).rejects.toThrow()
  const { errors, end } = follow(client, 'a')
  await eventually(async () => errors.length > 0 || undefined, 20_000)
  end()
  client.stop()
}, 60_000)

describe('a watcher over Apollo', () => {
  const { read, endAll } = readings()
  afterEach(endAll)
  const watch = (client: ApolloClient, id: string, resource = 'Concert') => {
    const options = { fields: ['amount'] as const, firstPoll: 600_000, pollInterval: 600_000 }
    const transport = apolloTransport(client, gql)
    const feed = eventFeed<ApiEvent & { amount: number }>({ transport, resource, ...options })
    return read(feed.watchEvents({ id }))
  }

  test('receives each event once and in order, even if its connection is cut', async () => {
    const client = clientOf()
    const id = await opened(client)
    const watched = watch(client, id)
    await watched.reach(1)
    for (const count of [4, 7, 10]) {
      if (count > 4) sockets.at(-1)?.terminate()
      for (let made = 0; made < 3; made += 1) await addSeats(id)
      const numbers = (await watched.reach(count, 20_000)).map(({ number }) => number)
      expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index + 1))
    }
    client.stop()
  }, 60_000)

  test.each([
    ['a wrong key', 'da2-wrong', 'Concert', 'UnauthorizedException'],
    ['an unknown attribute', undefined, 'Booking', 'ValidationError'],
  ])(
    'fails with %s',
    async (_, apiKey, resource, code) => {
      const client = clientOf(apiKey)
      const watched = watch(client, '00000000-0000-4000-8000-000000000000', resource)
      await expect(watched.over).rejects.toMatchObject({ code })
      client.stop()
    },
    60_000,
  )
})
