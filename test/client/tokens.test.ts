import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import WebSocket from 'ws'
import { type AuthOption, appSyncTransport, eventFeed } from '../../lib/client/index.ts'
import { FakeAppSync } from './support/fake-appsync.ts'
import { until } from './support/reading.ts'

const EXPIRED = [{ errorType: 'UnauthorizedException', message: 'Token has expired.' }]
const FORBIDDEN = [{ errorType: 'Forbidden', message: 'Only the owner may do this' }]

/** The token that the API accepts. */
let accepted: string
/** The tokens of queries, connections and subscriptions, in order. */
let sent: Record<'queries' | 'connections' | 'starts', (string | undefined)[]>
/** The errors of each subscription with an accepted token. */
let refusals: readonly object[]
let appSync: FakeAppSync
let server: Server
const ends: (() => void)[] = []

beforeEach(async () => {
  accepted = 'token-1'
  sent = { queries: [], connections: [], starts: [] }
  refusals = []
  appSync = await FakeAppSync.start()
  const { answer } = appSync
  appSync.answer = (frame, socket) => {
    const { type, id, payload } = frame
    if (type === 'connection_init') {
      const header = appSync.protocols.at(-1)?.split('header-')[1] ?? ''
      const { Authorization } = JSON.parse(Buffer.from(header, 'base64url').toString())
      sent.connections.push(Authorization)
      if (Authorization === accepted) answer(frame, socket)
      else appSync.send(socket, { type: 'connection_error', payload: { errors: EXPIRED } })
    } else if (type === 'start') {
      const token = payload?.extensions?.authorization?.Authorization
      sent.starts.push(token)
      const errors = token === accepted ? refusals : EXPIRED
      if (errors.length === 0) answer(frame, socket)
      else appSync.send(socket, { type: 'error', id, payload: { errors } })
    } else answer(frame, socket)
  }
  server = createServer(({ headers: { authorization } }, response) => {
    sent.queries.push(authorization)
    const isAccepted = authorization === accepted
    response.writeHead(isAccepted ? 200 : 401, { 'content-type': 'application/json' })
    const data = { thing: { id: 'a' }, thingEvents: [] }
    response.end(JSON.stringify(isAccepted ? { data } : { errors: EXPIRED }))
  }).listen(0)
  await once(server, 'listening')
})
afterEach(async () => {
  for (const end of ends.splice(0)) end()
  await appSync.stop()
  server.closeAllConnections()
  server.close()
})

function transportWith(auth: AuthOption) {
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const realtimeUrl = appSync.url.replace('http', 'ws')
  const graphqlUrl = `http://localhost:${port}/graphql`
  return appSyncTransport({ graphqlUrl, realtimeUrl, auth, webSocket: WebSocket, longestPause: 50 })
}

function subscribe(auth: AuthOption) {
  const told = { started: 0, errors: [] as unknown[] }
  const end = transportWith(auth).subscribe(
    { query: 'subscription { onThingEvent { id } }', variables: {} },
    {
      next() {},
      error: (error) => told.errors.push(error),
      started: () => {
        told.started += 1
      },
    },
  )
  ends.push(end)
  return told
}

const query = (auth: AuthOption) =>
  transportWith(auth).query({ query: '{ thing { id } }', variables: {} })

/** Returns a function like that of an application, which asks for a new token only if told to. */
function tokens(...list: readonly string[]) {
  let asked = 0
  const token = async () => {
    asked += 1
    return list[Math.min(asked, list.length) - 1] ?? ''
  }
  return { token, asked: () => asked }
}

test('a token authorizes queries, the connection and each subscription', async () => {
  const auth = { token: 'token-1' }
  expect(await query(auth)).toMatchObject({ thing: { id: 'a' } })
  const told = subscribe(auth)
  await until(() => told.started === 1)
  expect(sent).toEqual({
    queries: ['token-1'],
    connections: ['token-1'],
    starts: ['token-1'],
  })
  const [start] = appSync.of('start')
  expect(Object.keys(start?.payload?.extensions?.authorization ?? {}).sort()).toEqual([
    'Authorization',
    'host',
  ])
})

test('a function is asked for the token of each query, connection and subscription', async () => {
  const { token, asked } = tokens('token-1')
  await query({ token })
  const told = subscribe({ token })
  await until(() => told.started === 1)
  expect(asked()).toBe(3)
})

test('a query whose token has expired is repeated with the next token', async () => {
  const { token } = tokens('token-0', 'token-1')
  expect(await query({ token })).toMatchObject({ thing: { id: 'a' } })
  expect(sent.queries).toEqual(['token-0', 'token-1'])
})

test('a query whose token is refused three times fails', async () => {
  const { token } = tokens('token-0')
  await expect(query({ token })).rejects.toMatchObject({ code: 'UnauthorizedException' })
  expect(sent.queries).toEqual(['token-0', 'token-0', 'token-0'])
})

test('a fixed token that has expired fails at once', async () => {
  await expect(query({ token: 'token-0' })).rejects.toMatchObject({
    code: 'UnauthorizedException',
    message: 'Token has expired.',
  })
  const told = subscribe({ token: 'token-0' })
  await until(() => told.errors.length === 1)
  expect(told.errors).toMatchObject([{ code: 'UnauthorizedException' }])
  expect([sent.queries, sent.connections]).toEqual([['token-0'], ['token-0']])
})

test('a subscription goes on with a fresh token after its connection is lost', async () => {
  const { token } = tokens('token-1', 'token-1', 'token-2')
  const told = subscribe({ token })
  await until(() => told.started === 1)
  accepted = 'token-2'
  appSync.cut()
  await until(() => told.started === 2)
  expect(told.errors).toEqual([])
  expect(sent.starts).toEqual(['token-1', 'token-2'])
})

test.each<[string, unknown]>([
  ['an empty token', ''],
  ['a token with a line break', 'secret-token\n'],
  ['a token with a header of its own', 'secret-token\r\nx: y'],
  ['a list', ['secret-token']],
  ['nothing', undefined],
])('%s fails with InvalidAuth, whose message does not contain it', async (_, bad) => {
  const token = bad as string
  const problems: unknown[] = []
  try {
    transportWith({ token })
  } catch (error) {
    problems.push(error)
  }
  await query({ token: () => token }).catch((error) => problems.push(error))
  const told = subscribe({ token: async () => token })
  await until(() => told.errors.length === 1)
  problems.push(...told.errors)
  const message = expect.stringMatching(/^token must be a text of ASCII characters .*; got /)
  expect(problems).toMatchObject(Array(3).fill({ code: 'InvalidAuth', message }))
  expect(String(problems)).not.toContain('secret')
  expect(sent).toEqual({ queries: [], connections: [], starts: [] })
})

test('a token in place of the credentials is named without its text', async () => {
  const auth = 'secret-token' as never
  expect(() => transportWith(auth)).toThrow(
    'auth must be { apiKey }, { token } or { iam: { credentials } }; got 12 characters',
  )
})

test('a watcher ends with the error if its subscription is forbidden', async () => {
  refusals = FORBIDDEN
  const { token } = tokens('token-1')
  const feed = eventFeed({
    transport: transportWith({ token }),
    resource: 'Thing',
    fields: [],
    longestPause: 20,
  })
  const watched = feed.watchEvents({ id: 'a' })[Symbol.asyncIterator]()
  await expect(watched.next()).rejects.toMatchObject({
    code: 'Forbidden',
    message: 'Only the owner may do this',
  })
  expect(sent.starts).toEqual(['token-1'])
})
