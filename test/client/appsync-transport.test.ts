import WebSocket from 'ws'
import { type ApiError, type AuthOption, appSyncTransport } from '../../lib/client/index.ts'
import { realtimeUrlOf } from '../../lib/client/transports/appsync-urls.ts'
import { FakeAppSync } from './support/fake-appsync.ts'
import { Page } from './support/page.ts'
import { until } from './support/reading.ts'

let appSync: FakeAppSync
const page = new Page()
const ends: (() => void)[] = []
beforeEach(async () => {
  appSync = await FakeAppSync.start()
})
afterEach(async () => {
  for (const end of ends.splice(0)) end()
  page.close()
  await appSync.stop()
})

/** Creates subscriptions over one transport. Returns the notifications of each. */
function subscribe(count: number, auth: AuthOption = { apiKey: 'da2-key' }) {
  const transport = appSyncTransport({
    graphqlUrl: appSync.url,
    auth,
    webSocket: WebSocket,
    longestPause: 200,
  })
  return Array.from({ length: count }, (_, index) => {
    const heard: Record<'data' | 'errors' | 'losses', unknown[]> = {
      data: [],
      errors: [],
      losses: [],
    }
    const told = { started: 0, ...heard, end: () => {} }
    told.end = transport.subscribe(
      { query: 'subscription { onThingEvent { id } }', variables: { index } },
      {
        next: (data) => told.data.push(data),
        error: (error) => told.errors.push(error),
        started: () => {
          told.started += 1
        },
        lost: (error) => told.losses.push(error),
      },
    )
    ends.push(told.end)
    return told
  })
}

test.each([
  [
    'https://abc.appsync-api.eu-west-1.amazonaws.com/graphql',
    'wss://abc.appsync-realtime-api.eu-west-1.amazonaws.com/graphql',
  ],
  [
    'https://abc.appsync-api.cn-north-1.amazonaws.com.cn/graphql',
    'wss://abc.appsync-realtime-api.cn-north-1.amazonaws.com.cn/graphql',
  ],
  ['https://api.example.org/graphql', 'wss://api.example.org/graphql/realtime'],
  ['http://localhost:4000/graphql', 'ws://localhost:4000/graphql/realtime'],
])('the real-time URL of %s is %s', (graphqlUrl, realtimeUrl) => {
  expect(realtimeUrlOf(graphqlUrl)).toBe(realtimeUrl)
})

test('the connection and each subscription carry the key', async () => {
  const [told] = subscribe(1)
  await until(() => told?.started === 1)
  const [protocol, header = ''] = appSync.protocols[0]?.split(',') ?? []
  expect(protocol).toBe('graphql-ws')
  const authorization = { host: new URL(appSync.url).host, 'x-api-key': 'da2-key' }
  const encoded = header.trim().slice('header-'.length)
  expect(JSON.parse(Buffer.from(encoded, 'base64url').toString())).toEqual(authorization)
  const [start] = appSync.of('start')
  expect(start?.payload?.extensions).toEqual({ authorization })
  expect(JSON.parse(start?.payload?.data ?? '')).toEqual({
    query: 'subscription { onThingEvent { id } }',
    variables: { index: 0 },
  })
})

test('a connection carries 100 subscriptions, and a second carries the rest', async () => {
  const all = subscribe(150)
  await until(() => all.every(({ started }) => started === 1))
  expect(appSync.sockets.size).toBe(2)
})

test('a message reaches only its own subscription', async () => {
  const [one, other] = subscribe(2)
  await until(() => one?.started === 1 && other?.started === 1)
  appSync.sendAll({ type: 'data', id: '2', payload: { data: { onThingEvent: { id: 'a' } } } })
  await until(() => other?.data.length === 1)
  expect([one?.data, other?.data]).toEqual([[], [{ onThingEvent: { id: 'a' } }]])
})

test('the socket closes when the last subscription ends', async () => {
  const all = subscribe(2)
  await until(() => all.every(({ started }) => started === 1))
  all[0]?.end()
  await until(() => appSync.of('stop').length === 1)
  expect(appSync.sockets.size).toBe(1)
  all[1]?.end()
  await until(() => appSync.sockets.size === 0)
})

test('a subscription that ends before the connection opens is never started', async () => {
  const [early, late] = subscribe(2)
  early?.end()
  await until(() => late?.started === 1)
  expect(appSync.of('start').map(({ id }) => id)).toEqual(['2'])
})

test('a lost connection is reopened, and every subscription starts again', async () => {
  const all = subscribe(3)
  await until(() => all.every(({ started }) => started === 1))
  appSync.cut()
  await until(() => all.every(({ started }) => started === 2))
  expect(all.flatMap(({ errors }) => errors)).toEqual([])
  expect(all.map(({ losses }) => losses)).toEqual(all.map(() => [expect.any(Error)]))
  expect(appSync.dialled).toHaveLength(2)
})

test('a silent connection is reopened', async () => {
  const { answer } = appSync
  appSync.answer = (frame, socket) => {
    const payload = { connectionTimeoutMs: 100 }
    if (frame.type === 'connection_init') appSync.send(socket, { type: 'connection_ack', payload })
    else answer(frame, socket)
  }
  const [told] = subscribe(1)
  await until(() => (told?.started ?? 0) >= 2)
})

test('a connection with keep-alive messages stays open', async () => {
  const { answer } = appSync
  appSync.answer = (frame, socket) => {
    const payload = { connectionTimeoutMs: 200 }
    if (frame.type === 'connection_init') appSync.send(socket, { type: 'connection_ack', payload })
    else answer(frame, socket)
  }
  const [told] = subscribe(1)
  await until(() => told?.started === 1)
  let beats = 0
  const beat = setInterval(() => {
    appSync.sendAll({ type: 'ka' })
    beats += 1
  }, 50)
  await until(() => beats === 10)
  clearInterval(beat)
  expect(appSync.dialled).toHaveLength(1)
})

test('a rejected connection fails all subscriptions, and is not reopened', async () => {
  appSync.answer = (_, socket) => {
    const errors = [{ errorType: 'UnauthorizedException', message: 'No', errorCode: 401 }]
    appSync.send(socket, { type: 'connection_error', payload: { errors } })
    socket.close()
  }
  const all = subscribe(2)
  await until(() => all.every(({ errors }) => errors.length === 1))
  const expected: Partial<ApiError> = { code: 'UnauthorizedException', message: 'No' }
  for (const { errors } of all) expect(errors).toMatchObject([expected])
  expect(appSync.dialled).toHaveLength(1)
})

describe('credentials from a function', () => {
  /** The key that the API accepts. */
  let accepted: string
  /** The keys that the client has sent, in order. */
  let sent: (string | undefined)[]
  beforeEach(() => {
    accepted = 'da2-old'
    sent = []
    const { answer } = appSync
    const errors = [{ errorType: 'UnauthorizedException', message: 'No', errorCode: 401 }]
    appSync.answer = (frame, socket) => {
      const { type, id, payload } = frame
      const key =
        type === 'start'
          ? payload?.extensions?.authorization?.['x-api-key']
          : keyOf(appSync.protocols.at(-1))
      if (type !== 'stop') sent.push(key)
      if (type === 'stop' || key === accepted) answer(frame, socket)
      else if (type === 'start') appSync.send(socket, { type: 'error', id, payload: { errors } })
      else appSync.send(socket, { type: 'connection_error', payload: { errors } })
    }
  })

  const keyOf = (protocols = '') =>
    JSON.parse(Buffer.from(protocols.split('header-')[1] ?? '', 'base64url').toString())[
      'x-api-key'
    ]

  test('are asked for at each connection and each subscription', async () => {
    let count = 0
    const all = subscribe(2, async () => {
      count += 1
      return { apiKey: accepted }
    })
    await until(() => all.every(({ started }) => started === 1))
    expect(count).toBe(3)
    accepted = 'da2-new'
    appSync.cut()
    await until(() => all.every(({ started }) => started === 2))
    expect(sent).toEqual([...Array(3).fill('da2-old'), ...Array(3).fill('da2-new')])
    expect(all.flatMap(({ errors }) => errors)).toEqual([])
  })

  test('are asked for again when the API rejects those of a connection', async () => {
    const keys = ['da2-outdated', 'da2-outdated', 'da2-old', 'da2-old']
    const [told] = subscribe(1, () => ({ apiKey: keys.shift() ?? '' }))
    await until(() => told?.started === 1)
    expect(sent).toEqual(['da2-outdated', 'da2-outdated', 'da2-old', 'da2-old'])
    expect(told?.errors).toEqual([])
    expect(told?.losses).toMatchObject([
      { cause: { code: 'UnauthorizedException' } },
      { cause: { code: 'UnauthorizedException' } },
    ])
  })

  test('are asked for again when the API rejects those of a subscription', async () => {
    const keys = ['da2-old', 'da2-outdated', 'da2-old']
    const [told] = subscribe(1, () => ({ apiKey: keys.shift() ?? '' }))
    await until(() => told?.started === 1)
    expect(appSync.dialled).toHaveLength(1)
    expect(told).toMatchObject({ errors: [], losses: [{ code: 'UnauthorizedException' }] })
  })

  test('that are rejected three times fail the subscription', async () => {
    const all = subscribe(2, () => ({ apiKey: 'da2-wrong' }))
    await until(() => all.every(({ errors }) => errors.length === 1))
    for (const { errors } of all) expect(errors).toMatchObject([{ code: 'UnauthorizedException' }])
    expect(sent).toEqual(Array(3).fill('da2-wrong'))
  })

  test('are asked for again after the function fails', async () => {
    let isOffline = true
    const [told] = subscribe(1, () => {
      if (!isOffline) return { apiKey: accepted }
      isOffline = false
      throw new Error('offline')
    })
    await until(() => told?.started === 1)
    expect(told?.losses).toMatchObject([{ cause: { message: 'offline' } }])
  })

  test('that cannot be used fail the subscription at once', async () => {
    const [told] = subscribe(1, () => ({ apiKey: '' }))
    await until(() => told?.errors.length === 1)
    expect(told?.errors).toMatchObject([
      {
        code: 'InvalidAuth',
        message: 'apiKey must be a text of ASCII characters without spaces; got 0 characters',
      },
    ])
  })

  test('that arrive after the end of a subscription start nothing', async () => {
    let give = () => {}
    const keys = [
      undefined,
      new Promise<void>((resolve) => {
        give = resolve
      }),
    ]
    const [told] = subscribe(1, async () => {
      await keys.shift()
      return { apiKey: accepted }
    })
    await until(() => keys.length === 0)
    told?.end()
    give()
    await until(() => appSync.sockets.size === 0)
    expect(appSync.of('start')).toEqual([])
    expect(appSync.of('stop')).toEqual([])
  })
})

test.each<[string, AuthOption, string]>([
  [
    'an empty object',
    {} as never,
    'auth must be { apiKey }, { token } or { iam: { credentials } }; got an object with []',
  ],
  [
    'nothing',
    null as never,
    'auth must be { apiKey }, { token } or { iam: { credentials } }; got null',
  ],
  [
    'a missing secret',
    {
      iam: {
        region: 'eu-west-1',
        credentials: { accessKeyId: 'A', secretAccessKey: undefined as never },
      },
    },
    'iam.credentials.secretAccessKey must be a text of ASCII characters without spaces; got undefined',
  ],
])('%s as credentials fails at once', (_, auth, message) => {
  const options = { graphqlUrl: appSync.url, auth, webSocket: WebSocket }
  expect(() => appSyncTransport(options)).toThrow(message)
})

test('a signature for a URL without a region fails, unless the region is given', async () => {
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' }
  expect(() => subscribe(1, { iam: { credentials } })).toThrow('iam.region is missing: pass it')
  const [without] = subscribe(1, () => ({ iam: { credentials } }))
  await until(() => without?.errors.length === 1)
  expect(without?.errors).toMatchObject([{ code: 'InvalidAuth' }])
  const [signed] = subscribe(1, { iam: { credentials, region: 'eu-west-1' } })
  await until(() => signed?.started === 1)
  const [start] = appSync.of('start')
  expect(start?.payload?.extensions?.authorization).toMatchObject({
    host: new URL(appSync.url).host,
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIA\/\d{8}\/eu-west-1\/appsync/,
    ),
  })
})

test('a rejected subscription fails only its own observer', async () => {
  const { answer } = appSync
  appSync.answer = (frame, socket) => {
    const { type, id } = frame
    const errors = [{ errorType: 'MaxSubscriptionsReachedError', message: 'Too many' }]
    if (type === 'start' && id === '1')
      appSync.send(socket, { type: 'error', id, payload: { errors } })
    else answer(frame, socket)
  }
  const [refused, other] = subscribe(2)
  await until(() => refused?.errors.length === 1 && other?.started === 1)
  expect(refused?.errors).toMatchObject([{ code: 'MaxSubscriptionsReachedError' }])
  expect(other?.errors).toEqual([])
})

test('an invalid message has no effect', async () => {
  const [told] = subscribe(1)
  await until(() => told?.started === 1)
  for (const socket of appSync.sockets) socket.send('<html>')
  appSync.sendAll({ type: 'error', id: '', payload: {} })
  appSync.sendAll({ type: 'data', id: '1', payload: { data: 'still here' } })
  await until(() => told?.data.length === 1)
})

test('a connection that was silent during a sleep is reopened', async () => {
  page.open()
  const [told] = subscribe(1)
  await until(() => told?.started === 1)
  page.window.dispatchEvent(new Event('online'))
  const now = Date.now()
  const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 66_000)
  page.window.dispatchEvent(new Event('online'))
  clock.mockRestore()
  await until(() => told?.started === 2)
  expect(appSync.dialled).toHaveLength(2)
})

test('a runtime without WebSocket causes a clear error', () => {
  const found = Reflect.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  Reflect.deleteProperty(globalThis, 'WebSocket')
  expect(() => appSyncTransport({ graphqlUrl: appSync.url, apiKey: 'da2-key' })).toThrow(
    'This runtime has no WebSocket',
  )
  if (found) Reflect.defineProperty(globalThis, 'WebSocket', found)
})

test.each(['', 'nonsense', 'localhost:4000/graphql', 'wss://localhost/graphql'])(
  'the address %p of an API causes an error that names it',
  (graphqlUrl) => {
    const options = { graphqlUrl, apiKey: 'da2-key', webSocket: WebSocket }
    expect(() => appSyncTransport(options)).toThrow(
      `graphqlUrl must be an address such as https://ID.appsync-api.REGION.amazonaws.com/graphql; got ${graphqlUrl}`,
    )
  },
)

test('an invalid real-time address causes an error at once', () => {
  const { url: graphqlUrl } = appSync
  const options = { graphqlUrl, realtimeUrl: 'nonsense', apiKey: 'da2-key', webSocket: WebSocket }
  const transport = appSyncTransport(options)
  const observer = { next: () => {}, error: () => {} }
  expect(() => transport.subscribe({ query: '', variables: {} }, observer)).toThrow(
    'Invalid URL: realtimeUrl must be an address such as wss://',
  )
})
