import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import WebSocket from 'ws'
import {
  type ApiEvent,
  type ApiResource,
  type AuthOption,
  appSyncTransport,
  eventFeed,
  isApiError,
  viewFeed,
} from '../../lib/client/index.ts'
import { readings, until } from '../client/support/reading.ts'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'

interface ConcertEvent extends ApiEvent {
  readonly amount: number | null
}

interface Concert extends ApiResource {
  readonly quantity: number
}

/** A WebSocket class that can cut all its connections. */
class CuttableSocket extends WebSocket {
  static readonly open = new Set<WebSocket>()

  constructor(url: string, protocols: string[]) {
    super(url, protocols)
    CuttableSocket.open.add(this)
    this.on('close', () => CuttableSocket.open.delete(this))
  }

  static cut(): void {
    for (const socket of CuttableSocket.open) socket.terminate()
  }
}

let run: LocalRun
const { read, endAll } = readings()
beforeAll(async () => {
  run = await LocalRun.start()
}, 60_000)
afterAll(() => run?.remove(), 30_000)
afterEach(async () => {
  await endAll()
  await until(() => CuttableSocket.open.size === 0)
})

interface Options {
  readonly sharedFrom?: number
  readonly apiKey?: string
  readonly auth?: AuthOption
  readonly resource?: string
}

const concertFeed = (options: Options = {}) => {
  const { apiKey = run.outputs.apiKey, auth = { apiKey }, ...rest } = options
  const { graphqlUrl } = run.outputs
  return eventFeed<ConcertEvent>({
    transport: appSyncTransport({
      graphqlUrl,
      auth,
      webSocket: CuttableSocket,
      longestPause: 300,
    }),
    resource: 'Concert',
    fields: ['amount'],
    // Polls are too late for these tests: events arrive only by messages and reconnections.
    firstPoll: 600_000,
    pollInterval: 600_000,
    longestPause: 300,
    ...rest,
  })
}

async function addSeats(amount: number, id?: string): Promise<string> {
  const { data } = await run.graphql(
    'mutation ($input: AddSeatsInput!) { addSeats(input: $input) { id } }',
    { input: { amount, ...(id && { id }) } },
  )
  return data?.addSeats?.id ?? ''
}

const history = async (id: string) => {
  const fields = 'id number type created amount'
  const { data } = await run.graphql(`{ concertEvents(id: "${id}") { ${fields} } }`)
  return data?.concertEvents
}

test('a watcher receives all events of a concert, as in the history', async () => {
  const id = await addSeats(1)
  await addSeats(2, id)
  const reading = read(concertFeed().watchEvents({ id }))
  await reading.reach(2)
  for (const amount of [3, 4, 5]) await addSeats(amount, id)
  expect(await reading.reach(5)).toEqual(await history(id))
})

/** The operator of the local run, who signs requests. */
const operator = (): { region: string; accessKeyId: string; secretAccessKey: string } =>
  JSON.parse(readFileSync(join(run.folder, 'operator.json'), 'utf8'))

test('a signed watcher receives all events and states of a concert', async () => {
  const id = await addSeats(1)
  const { region, ...credentials } = operator()
  const feed = concertFeed({ auth: { iam: { region, credentials: async () => credentials } } })
  const reading = read(feed.watchEvents({ id }))
  const states = read(feed.watch<Concert>({ id, fields: ['quantity'] }))
  await reading.reach(1)
  CuttableSocket.cut()
  for (const amount of [2, 3]) await addSeats(amount, id)
  expect(await reading.reach(3)).toEqual(await history(id))
  await until(() => states.all.at(-1)?.quantity === 6)
})

test('a watcher with a wrong secret ends with the refusal of its signature', async () => {
  const { region, ...credentials } = operator()
  const auth = { iam: { region, credentials: { ...credentials, secretAccessKey: 'wrong' } } }
  const reading = read(concertFeed({ auth }).watchEvents({ id: crypto.randomUUID() }))
  const error = await reading.over.catch((reason: unknown) => reason)
  expect(isApiError(error, 'InvalidSignatureException')).toBe(true)
})

test('a query asks for credentials again if they are rejected, and then reports the error', async () => {
  const id = await addSeats(1)
  const { graphqlUrl, apiKey } = run.outputs
  const asked = (...keys: string[]) => {
    const auth = () => ({ apiKey: keys.shift() ?? '' })
    const transport = appSyncTransport({ graphqlUrl, auth, webSocket: WebSocket })
    const variables = { input: { id, amount: 1 } }
    const mutation = 'mutation ($input: AddSeatsInput!) { addSeats(input: $input) { version } }'
    return transport.query({ query: mutation, variables }).finally(() => expect(keys).toEqual([]))
  }
  expect(await asked('da2-outdated', apiKey)).toEqual({ addSeats: { version: 2 } })
  await expect(asked('da2-1', 'da2-2', 'da2-3')).rejects.toMatchObject({
    code: 'UnauthorizedException',
  })
  expect(await history(id)).toHaveLength(2)
})

/** The concerts that have seats left, and a feed that sends commands. */
function availableConcerts() {
  const { graphqlUrl, apiKey } = run.outputs
  const concerts = concertFeed()
  const available = viewFeed<Concert, { readonly status: string }>({
    transport: appSyncTransport({ graphqlUrl, apiKey, webSocket: CuttableSocket }),
    field: 'concertsByStatus',
    arguments: { status: 'ConcertStatus!' },
    fields: ['id', 'version', 'quantity'],
    feeds: [concerts],
    interval: 50,
  })
  const add = async (amount: number, id?: string): Promise<Concert> => {
    const { addSeats } = await concerts.command<{ readonly addSeats: Concert }>({
      query:
        'mutation ($input: AddSeatsInput!) { addSeats(input: $input) { id version quantity } }',
      variables: { input: { amount, ...(id && { id }) } },
    })
    return addSeats
  }
  return { available, add }
}

const AVAILABLE = { status: 'AVAILABLE', limit: 100 }

test('a query of a view right after a command includes it, each time', async () => {
  const { available, add } = availableConcerts()
  await eventually(async () => !(await available.read(AVAILABLE)).behind || undefined)
  const { id } = await add(1)
  for (let count = 0; count < 20; count += 1) {
    const written = await add(1, count % 2 ? id : undefined)
    const { items, behind } = await available.read(AVAILABLE)
    expect({ behind, items }).toEqual({ behind: false, items: expect.arrayContaining([written]) })
  }
})

test('a live list shows own writes, those of others, and changes during a lost connection', async () => {
  const { available, add } = availableConcerts()
  const reading = read(available.watchView(AVAILABLE))
  await reading.reach(1)
  const shows = (id: string, quantity: number) =>
    until(
      () =>
        !!reading.all.at(-1)?.items.some((item) => item.id === id && item.quantity === quantity),
    )
  const { id } = await add(1)
  await shows(id, 1)
  await addSeats(1, id)
  await shows(id, 2)
  CuttableSocket.cut()
  await addSeats(1, id)
  await shows(id, 3)
})

test('a watcher receives the missed events after a lost connection', async () => {
  const id = await addSeats(1)
  const reading = read(concertFeed().watchEvents({ id }))
  await reading.reach(1)
  for (let round = 0; round < 3; round += 1) {
    CuttableSocket.cut()
    for (const amount of [1, 2]) await addSeats(amount, id)
    await reading.reach(3 + 2 * round)
  }
  expect(await reading.reach(7)).toEqual(await history(id))
})

test('over a hundred concerts are watched, each with its own subscription', async () => {
  const feed = concertFeed({ sharedFrom: 1_000 })
  const ids = await Promise.all(Array.from({ length: 110 }, (_, index) => addSeats(index + 1)))
  const all = ids.map((id) => read(feed.watchEvents({ id })))
  for (const reading of all) await reading.reach(1)
  expect(CuttableSocket.open.size).toBe(2)
  await Promise.all(ids.map((id) => addSeats(1, id)))
  for (const reading of all) await reading.reach(2)
})

test('all concerts are watched with one shared subscription', async () => {
  const feed = concertFeed({ sharedFrom: 0 })
  const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => addSeats(index + 1)))
  const all = ids.map((id) => read(feed.watchEvents({ id })))
  for (const reading of all) await reading.reach(1)
  await Promise.all(ids.map((id) => addSeats(1, id)))
  for (const reading of all) await reading.reach(2)
  expect(CuttableSocket.open.size).toBe(1)
})

test.each([true, false])(
  'a watcher receives each state (reduced by the client: %s)',
  async (reduces) => {
    const id = await addSeats(1)
    const reduce = (concert: Concert, { amount }: ConcertEvent) => ({
      ...concert,
      quantity: concert.quantity + (amount ?? -1),
    })
    const fields = ['quantity'] as const
    const reading = read(concertFeed().watch<Concert>({ id, fields, ...(reduces && { reduce }) }))
    await reading.reach(1)
    for (const amount of [10, 100]) {
      await addSeats(amount, id)
      await until(() => reading.all.at(-1)?.quantity === (amount === 10 ? 11 : 111))
    }
    expect(reading.all).toEqual([
      { id, version: 1, quantity: 1 },
      { id, version: 2, quantity: 11 },
      { id, version: 3, quantity: 111 },
    ])
  },
)

test.each([
  ['an invalid id', 'nonsense', {}, 'InvalidId'],
  [
    'a wrong key',
    '00000000-0000-4000-8000-000000000000',
    { apiKey: 'da2-no' },
    'UnauthorizedException',
  ],
  [
    'an unknown attribute',
    '00000000-0000-4000-8000-000000000000',
    { resource: 'Booking' },
    'ValidationError',
  ],
])('%s ends the iteration with the error', async (_, id, options, code) => {
  const reading = read(concertFeed(options).watchEvents({ id }))
  const error = await reading.over.catch((reason: unknown) => reason)
  expect(isApiError(error, code)).toBe(true)
})
