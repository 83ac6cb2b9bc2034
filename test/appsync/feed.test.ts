import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { marshall } from '@aws-sdk/util-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import {
  type Feed,
  feedHandler,
  functionSigner,
  type Publish,
  signedPublisher,
} from '../../lib/appsync/index.ts'
import {
  Aggregate,
  type Event,
  type EventHandlers,
  type Upcasters,
} from '../../lib/event-sourcing/index.ts'

interface Received {
  readonly headers: Readonly<Record<string, unknown>>
  readonly query: string
  readonly variables: Readonly<Record<string, Record<string, unknown>>>
}

interface Reply {
  readonly status?: number
  readonly body?: unknown
  /** The request is never answered. */
  readonly silent?: boolean
}

const FIELDS = ['id', 'number', 'type', 'created', 'amount', 'commandId', 'traceId', 'truncated']
const FEED: Feed = {
  resource: 'Concert',
  mutation: 'publishConcertEvent',
  input: 'ConcertEventInput',
  fields: [...FIELDS, 'note', 'extra'],
  json: ['extra'],
}

interface SeatsAdded extends Event {
  readonly type: 'SeatsAdded'
  readonly amount: number
  readonly note?: unknown
  readonly extra?: unknown
}

class Concert extends Aggregate<SeatsAdded> implements EventHandlers<SeatsAdded> {
  static override readonly upcasters: Upcasters<SeatsAdded> = {
    // Older events counted in dozens, and the oldest had another type.
    SeatsAdded: ({ amount, dozens, note, extra }) => {
      if (typeof dozens === 'string') throw new TypeError(`${dozens} is no number`)
      const pieces = Number(amount ?? Number(dozens) * 12)
      return { type: 'SeatsAdded', amount: pieces, note, extra }
    },
    Delivered: ({ pieces }) => ({ type: 'SeatsAdded', amount: Number(pieces) }),
  }

  onSeatsAdded() {}
}

let server: Server
let received: Received[]
let answer: (request: Received) => Reply
let publisher: Publish
let handler: ReturnType<typeof feedHandler>
let metrics: string[]

beforeEach(async () => {
  process.env.CONCERT_TABLE = 'Concerts'
  for (const level of ['info', 'error'] as const) jest.spyOn(console, level).mockReturnValue()
  received = []
  metrics = []
  const write = process.stdout.write.bind(process.stdout)
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    if (!`${line}`.startsWith('{"_aws"')) return write(line)
    const { _aws: _, ...counted } = JSON.parse(`${line}`)
    metrics.push(
      ...Object.keys(counted)
        .filter((name) => name !== 'function')
        .map((name) => `${name} ${counted[name]}`),
    )
    return true
  })
  answer = () => ({})
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString())
      received.push({ headers: request.headers, ...body })
      const {
        status = 200,
        body: reply = { data: published(body) },
        silent,
      } = answer({ headers: {}, ...body })
      if (!silent) response.writeHead(status).end(JSON.stringify(reply))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/graphql`
  const role = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'KEY', AWS_SECRET_ACCESS_KEY: 's' }
  publisher = signedPublisher(functionSigner(url, role))
  handler = feedHandler([FEED], publisher, { Concert })
})

afterEach(async () => {
  jest.restoreAllMocks()
  delete process.env.CONCERT_TABLE
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function record(number: number, change: Partial<Record<string, unknown>> = {}): DynamoDBRecord {
  const item = {
    id: 'a',
    number,
    type: 'SeatsAdded',
    created: '2030-01-01T00:00:00.000Z',
    amount: number * 10,
    meta: { commandId: `c${number}`, traceId: '1-2-3' },
    ...change,
  }
  const image: NonNullable<DynamoDBRecord['dynamodb']>['NewImage'] = JSON.parse(
    JSON.stringify(marshall(item, { removeUndefinedValues: true })),
  )
  return {
    eventName: 'INSERT',
    eventSourceARN: 'arn:aws:dynamodb:eu-central-1:000000000000:table/Concerts/stream/now',
    dynamodb: { SequenceNumber: `${number}`, NewImage: image },
  }
}

const invoke = async (records: DynamoDBRecord[], left = 60_000) => {
  const { batchItemFailures } = await handler(
    { Records: records },
    { getRemainingTimeInMillis: () => left },
  )
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
}
const failures = (...records: DynamoDBRecord[]) => invoke(records)

/** Returns the event numbers of each request. Truncated events have negative numbers. */
const sent = () =>
  received.map(({ variables }) =>
    Object.values(variables).map(({ number, truncated }) => Number(number) * (truncated ? -1 : 1)),
  )

const lines = (level: 'info' | 'error') =>
  jest.mocked(console[level]).mock.calls.map(([line]) => line)

type Sent = Readonly<Record<string, unknown>>

/** Returns the key of each event's result: its alias, or the name of the field of a single event. */
const keysOf = ({ variables }: Pick<Received, 'variables'>) => {
  const aliases = Object.keys(variables)
  return aliases.length === 1 ? ['publishConcertEvent'] : aliases
}

/** Returns the data of a successful answer to a request. */
const published = (request: Pick<Received, 'variables'>) =>
  Object.fromEntries(keysOf(request).map((key) => [key, {}]))

/** An AppSync whose resolver fails for some events. */
const failing = (isBad: (event: Sent) => boolean, errorType?: string) => (request: Received) => {
  const keys = keysOf(request)
  const errors = Object.values(request.variables)
    .flatMap((event, index) => (isBad(event) ? [keys[index]] : []))
    .map((key) => ({ path: [key], message: 'x', ...(errorType && { errorType }) }))
  return { body: { data: published(request), ...(errors.length > 0 && { errors }) } }
}

/** An AppSync that rejects a whole request when an event in it does not fit the input type. */
const refusing = (isBad: (event: Sent) => boolean) => (request: Received) =>
  Object.values(request.variables).some(isBad)
    ? { body: { data: null, errors: [{ path: null, message: 'has an invalid value' }] } }
    : {}

const isWhole = ({ truncated }: Sent) => !truncated

test('one signed request publishes a batch in order, with every field of the events', async () => {
  expect(await failures(record(1), record(2))).toEqual([])
  expect(received).toHaveLength(1)
  expect(received[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=KEY\/.*appsync/)
  expect(received[0]?.query).toMatch(/e0: publishConcertEvent\(event: \$e0\)\s+{.+}\s+e1: publish/)
  for (const field of FEED.fields) expect(received[0]?.query).toContain(field)
  expect(received[0]?.variables).toMatchObject({
    e0: { id: 'a', number: 1, amount: 10, commandId: 'c1', traceId: '1-2-3' },
    e1: { id: 'a', number: 2, amount: 20, commandId: 'c2' },
  })
})

test('a single event is published without an alias', async () => {
  expect(await failures(record(1))).toEqual([])
  expect(received[0]?.query).toMatch(/^mutation Publish\(\$e0: ConcertEventInput!\) {\n *publish/)
  expect(received[0]?.variables).toMatchObject({ e0: { id: 'a', number: 1 } })
})

describe('an outage of the API', () => {
  test.each<[string, Reply]>([
    ['that answers with a failure', { status: 503, body: { errors: [{ message: 'down' }] } }],
    ['that answers without GraphQL', { body: 'what?' }],
    ['whose gateway answers instead', { status: 502, body: '<html>' }],
    [
      'that throttles the caller',
      { status: 429, body: { errors: [{ errorType: 'TooManyRequests' }] } },
    ],
    ['that rejects the caller', { status: 401, body: { errors: [{ message: 'who?' }] } }],
    ['that forbids the call', { status: 403, body: { errors: [{ message: 'no' }] } }],
    [
      'that reports throttling with status 200',
      { body: { data: null, errors: [{ errorType: 'ThrottlingException', message: 'x' }] } },
    ],
    [
      'that answers 400 for an expired signature',
      { status: 400, body: { errors: [{ errorType: 'ExpiredTokenException' }] } },
    ],
    ['that answers only for the first message', { body: { data: { e0: {} } } }],
    ['that returns null for a message, without an error', { body: { data: { e0: {}, e1: null } } }],
    ['that answers for messages that were not sent', { body: { errors: [{ path: ['e9'] }] } }],
  ])('%s holds back the whole batch', async (_, reply) => {
    answer = () => reply
    expect(await failures(record(1), record(2))).toEqual(['1'])
    expect(sent()).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ])
    expect(metrics).toEqual([])
    expect(lines('error')).toEqual([
      expect.objectContaining({ about: 'feed', id: 'a', number: 1, heldBack: true }),
    ])
  })

  test('that cannot be reached holds back the whole batch', async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(await failures(record(1), record(2))).toEqual(['1'])
  })

  test('that does not answer holds back the batch before the function times out', async () => {
    answer = () => ({ silent: true })
    expect(await invoke([record(1), record(2)], 1100)).toEqual(['1'])
  })

  test('that ends soon is bridged by retries', async () => {
    answer = () => (received.length < 3 ? { status: 503 } : {})
    expect(await failures(record(1), record(2))).toEqual([])
    expect(lines('error')).toEqual([])
  })

  test('that begins within a request holds back the rest of the batch', async () => {
    answer = failing(({ number }) => Number(number) >= 2, 'ExecutionTimeout')
    expect(await failures(record(1), record(2), record(3))).toEqual(['2'])
    expect(sent()).toEqual([[1, 2, 3]])
    expect(lines('info')).toEqual([expect.objectContaining({ number: 1 })])
  })

  test('due to a missing permission holds back the event that the answer names', async () => {
    answer = failing(() => true, 'Unauthorized')
    expect(await failures(record(1))).toEqual(['1'])
  })
})

describe('an event that cannot be published', () => {
  test('is retried without holding back the others', async () => {
    answer = failing(({ number }) => number === 2 && received.length === 1)
    expect(await failures(record(1), record(2), record(3))).toEqual([])
    expect(sent()).toEqual([[1, 2, 3], [2]])
    expect(metrics).toEqual([])
  })

  test('is published truncated and counted', async () => {
    answer = failing((event) => event.number === 2 && isWhole(event))
    expect(await failures(record(1), record(2), record(3))).toEqual([])
    expect(sent()).toEqual([[1, 2, 3], [2], [2], [-2]])
    expect(received[3]?.variables.e0).toEqual({
      id: 'a',
      number: 2,
      type: 'SeatsAdded',
      created: '2030-01-01T00:00:00.000Z',
      commandId: 'c2',
      traceId: '1-2-3',
      truncated: true,
    })
    expect(metrics).toEqual(['resource Concert', 'PublishFailures 1'])
    expect(lines('error')).toEqual([
      expect.objectContaining({ about: 'feed', id: 'a', number: 2, truncated: true }),
    ])
  })

  test('is skipped, counted and logged without its attributes when its truncated message fails', async () => {
    answer = failing(({ number }) => number === 2)
    expect(await failures(record(1), record(2), record(3))).toEqual([])
    expect(sent()).toEqual([[1, 2, 3], [2], [2], [-2]])
    expect(metrics).toEqual(['resource Concert', 'PublishFailures 1'])
    expect(lines('error')).toEqual([
      expect.objectContaining({
        about: 'feed',
        passedBy: true,
        traceId: '1-2-3',
        ...{ resource: 'Concert', id: 'a', number: 2, type: 'SeatsAdded' },
        error: expect.objectContaining({ name: 'PublishFailed', data: { status: 200 } }),
      }),
    ])
    expect(lines('info').map(({ number }) => number)).toEqual([1, 3])
  })

  test('is isolated when it fails the whole request, and is published truncated', async () => {
    answer = refusing(({ note }) => note === 'bad')
    expect(await failures(record(1), record(2, { note: 'bad' }), record(3))).toEqual([])
    expect(sent()).toEqual([[1, 2, 3], [1], [2], [2], [-2], [3]])
    expect(metrics).toEqual(['resource Concert', 'PublishFailures 1'])
  })

  test('is isolated when it fails the whole request, and is skipped', async () => {
    answer = refusing(({ number }) => number === 2)
    expect(await failures(record(1), record(2), record(3))).toEqual([])
    expect(metrics).toEqual(['resource Concert', 'PublishFailures 1'])
    expect(lines('info').map(({ number }) => number)).toEqual([1, 3])
  })

  test('is not an outage, even if every event of the batch has to be truncated', async () => {
    answer = refusing(isWhole)
    expect(await failures(record(1), record(2))).toEqual([])
    expect(sent()).toEqual([[1, 2], [1], [1], [-1], [2], [2], [-2]])
  })

  test('is skipped when it is the only event', async () => {
    answer = refusing(() => true)
    expect(await failures(record(1))).toEqual([])
    expect(metrics).toEqual(['resource Concert', 'PublishFailures 1'])
  })

  test('is skipped before an outage, which holds back the later events', async () => {
    answer = (request) =>
      received.length > 1 && request.variables.e0?.number === 3
        ? { status: 503 }
        : refusing(({ number }) => number === 2)(request)
    expect(await failures(record(1), record(2), record(3), record(4))).toEqual(['3'])
    expect(metrics).toEqual(['resource Concert', 'PublishFailures 1'])
  })
})

describe('when every event of a request is rejected alone, too', () => {
  test('with a request error, the batch is held back and nothing is counted', async () => {
    answer = refusing(() => true)
    expect(await failures(record(1), record(2))).toEqual(['1'])
    expect(metrics).toEqual([])
    expect(lines('error')).toEqual([expect.objectContaining({ number: 1, heldBack: true })])
  })

  test('and an outage follows, the whole batch is held back', async () => {
    answer = (request) =>
      received.length > 1 && request.variables.e0?.number === 2
        ? { status: 503 }
        : refusing(() => true)(request)
    expect(await failures(record(1), record(2))).toEqual(['1'])
    expect(metrics).toEqual([])
  })

  test('with an error on its own path, each event is skipped', async () => {
    answer = (request) =>
      (received.length === 1 ? refusing(() => true) : failing(() => true))(request)
    expect(await failures(record(1), record(2))).toEqual([])
    expect(metrics.filter((metric) => metric === 'PublishFailures 1')).toHaveLength(2)
  })
})

test('an event that is too large for a message is published truncated', async () => {
  expect(await failures(record(1, { note: 'x'.repeat(300_000) }), record(2))).toEqual([])
  expect(received[0]?.variables.e0).toEqual({
    id: 'a',
    number: 1,
    type: 'SeatsAdded',
    created: '2030-01-01T00:00:00.000Z',
    commandId: 'c1',
    traceId: '1-2-3',
    truncated: true,
  })
  expect(received[0]?.variables.e1).not.toHaveProperty('truncated')
  expect(metrics).toEqual(['resource Concert', 'TruncatedEvents 1'])
  expect(lines('error')).toEqual([])
})

test.each([
  ['plain text', (size: number) => 'x'.repeat(size)],
  ['text of escaped characters', (size: number) => '"\n'.repeat(size / 2)],
  ['text of multi-byte characters', (size: number) => '水'.repeat(size / 3)],
  // AWSJSON is delivered as text, with its quotes escaped.
  ['an object', (size: number) => ({ text: '"'.repeat(size / 4) }), 'extra'],
  // A Float is delivered with its decimal point.
  ['a list of numbers', (size: number) => Array.from({ length: size / 10 }, () => 1234567)],
])(
  '%s is published whole only if the delivered message is below 240 KB',
  async (_, note, field = 'note') => {
    const sizes = Array.from({ length: 30 }, (_, index) => 8_000 * (index + 1))
    expect(
      await failures(...sizes.map((size, at) => record(at + 1, { [field]: note(size) }))),
    ).toEqual([])
    const events = received.flatMap(({ variables }) => Object.values(variables))
    const whole = events.filter(isWhole)
    const delivered = whole.map((event) => {
      const all = Object.fromEntries(FEED.fields.map((name) => [name, event[name] ?? null]))
      const floats = Array.isArray(all.note) && { note: all.note.map((whole) => whole + 0.5) }
      return Buffer.byteLength(JSON.stringify({ data: { onConcertEvent: { ...all, ...floats } } }))
    })
    expect(Math.max(...delivered)).toBeLessThan(240_000)
    expect(Math.max(...delivered)).toBeGreaterThan(200_000)
    expect(whole.length).toBeLessThan(events.length)
  },
)

test.each([
  ['an object', { a: [1, null] }],
  ['a string', 'text'],
  ['a number', 5],
])('%s in a field of type AWSJSON is sent as JSON text', async (_, extra) => {
  expect(await failures(record(1, { extra }), record(2, { extra: null }))).toEqual([])
  expect(received[0]?.variables.e0?.extra).toBe(JSON.stringify(extra))
  expect(received[0]?.variables.e1?.extra).toBeNull()
})

test('a request stays below the size limit of the API, even with long field names', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `${'attribute'.repeat(5)}${index}`)
  const feed = { ...FEED, fields: [...FEED.fields, ...names] }
  handler = feedHandler([feed], publisher, { Concert })
  const records = Array.from({ length: 100 }, (_, index) => record(index + 1))
  expect(await failures(...records)).toEqual([])
  expect(sent().flat()).toEqual(records.map((_, index) => index + 1))
  const bytes = received.map(({ query, variables }) =>
    Buffer.byteLength(JSON.stringify({ query, variables })),
  )
  expect(Math.max(...bytes)).toBeLessThan(1_000_000)
})

test('a batch that is too large for one request is published in order in several', async () => {
  const records = Array.from({ length: 12 }, (_, index) =>
    record(index + 1, { note: 'x'.repeat(200_000) }),
  )
  expect(await failures(...records)).toEqual([])
  expect(received.length).toBeGreaterThan(2)
  const numbers = received.flatMap(({ variables }) => Object.values(variables)).map((e) => e.number)
  expect(numbers).toEqual(records.map((_, index) => index + 1))
})

test('an outage at the second request holds back the rest, and sending stops', async () => {
  answer = ({ variables }) => (variables.e0?.number === 1 ? {} : { status: 503 })
  const records = Array.from({ length: 12 }, (_, index) =>
    record(index + 1, { note: 'x'.repeat(200_000) }),
  )
  const second = Number((await failures(...records))[0])
  expect(second).toBe(Object.keys(received[0]?.variables ?? {}).length + 1)
  expect(new Set(received.slice(1).map(({ variables }) => variables.e0?.number))).toEqual(
    new Set([second]),
  )
})

describe('a change or removal of an event', () => {
  const image = record(1).dynamodb?.NewImage ?? {}
  const source = record(1).eventSourceARN ?? ''
  const tampered = (eventName: 'MODIFY' | 'REMOVE'): DynamoDBRecord => ({
    eventName,
    eventSourceARN: source,
    dynamodb: {
      SequenceNumber: '1',
      Keys: { id: { S: 'a' }, number: { N: '1' } },
      OldImage: image,
      ...(eventName === 'MODIFY' && { NewImage: { ...image, secret: { S: 'hidden' } } }),
    },
  })

  test('raises an alarm and is never published', async () => {
    expect(await failures(tampered('MODIFY'), tampered('REMOVE'), record(2))).toEqual([])
    expect(sent()).toEqual([[2]])
    expect(metrics).toEqual(['table Concerts', 'Tampering 1', 'table Concerts', 'Tampering 1'])
  })

  test('is logged with the names of its attributes, without their values', async () => {
    await failures(tampered('MODIFY'), tampered('REMOVE'))
    const attributes = ['id', 'number', 'type', 'created', 'amount', 'meta']
    const about = { about: 'tampering', table: 'Concerts', id: 'a', number: 1 }
    expect(lines('error')).toEqual([
      {
        ...about,
        tampering: 'MODIFY',
        oldAttributes: attributes,
        newAttributes: [...attributes, 'secret'],
      },
      { ...about, tampering: 'REMOVE', oldAttributes: attributes, newAttributes: [] },
    ])
    expect(JSON.stringify(lines('error'))).not.toContain('hidden')
  })

  test('raises an alarm during an outage, too', async () => {
    answer = () => ({ status: 503 })
    expect(await failures(record(2), tampered('REMOVE'))).toEqual(['2'])
    expect(metrics).toContain('Tampering 1')
  })

  test('includes an inserted item that is not an event', async () => {
    expect(await failures(record(3, { meta: null, type: 7 }), record(4))).toEqual([])
    expect(sent()).toEqual([[4]])
    expect(metrics).toContain('Tampering 1')
    expect(lines('error')).toEqual([
      expect.objectContaining({
        tampering: 'INSERT',
        error: expect.objectContaining({ name: 'CorruptHistory' }),
      }),
    ])
  })
})

test('each published event is logged with the trace id of its command', async () => {
  await failures(record(1))
  expect(jest.mocked(console.info)).toHaveBeenCalledWith(
    expect.objectContaining({ about: 'feed', id: 'a', number: 1, traceId: '1-2-3' }),
  )
})

test('an old event is published in the current shape, with other fields unchanged', async () => {
  expect(await failures(record(1, { amount: undefined, dozens: 2 }), record(2))).toEqual([])
  expect(received[0]?.variables).toEqual({
    e0: {
      id: 'a',
      number: 1,
      type: 'SeatsAdded',
      created: '2030-01-01T00:00:00.000Z',
      amount: 24,
      commandId: 'c1',
      traceId: '1-2-3',
    },
    e1: expect.objectContaining({ number: 2, amount: 20 }),
  })
})

test('an event of a renamed type is published and logged under its current name', async () => {
  expect(await failures(record(1, { type: 'Delivered', pieces: 7 }))).toEqual([])
  expect(received[0]?.variables.e0).toMatchObject({ type: 'SeatsAdded', amount: 7 })
  expect(jest.mocked(console.info)).toHaveBeenCalledWith(
    expect.objectContaining({ about: 'feed', number: 1, type: 'SeatsAdded' }),
  )
})

describe('an event that this version of the code cannot read', () => {
  const truncatedEvent = (number: number, type: string) => ({
    id: 'a',
    number,
    type,
    created: '2030-01-01T00:00:00.000Z',
    commandId: `c${number}`,
    traceId: '1-2-3',
    truncated: true,
  })

  test('because its upcaster fails is published truncated, in its place', async () => {
    const old = record(3, { amount: undefined, dozens: 'two' })
    expect(await failures(record(2), old, record(4))).toEqual([])
    expect(sent()).toEqual([[2, -3, 4]])
    expect(received[0]?.variables.e1).toEqual(truncatedEvent(3, 'SeatsAdded'))
    expect(metrics).toEqual(['resource Concert', 'PublishFailures 1'])
    expect(lines('error')).toEqual([
      expect.objectContaining({
        about: 'feed',
        resource: 'Concert',
        id: 'a',
        number: 3,
        type: 'SeatsAdded',
        traceId: '1-2-3',
        error: expect.objectContaining({
          name: 'CorruptHistory',
          cause: { name: 'TypeError', stack: expect.stringMatching(/feed.test.ts:\d+:\d+/) },
        }),
      }),
    ])
  })

  test('because its type is newer is published truncated, under that type', async () => {
    expect(await failures(record(1, { type: 'ConcertPainted', color: 'red' }), record(2))).toEqual(
      [],
    )
    expect(received[0]?.variables.e0).toEqual(truncatedEvent(1, 'ConcertPainted'))
    expect(metrics).toEqual(['resource Concert', 'PublishFailures 1'])
    expect(lines('error')).toEqual([
      expect.objectContaining({ error: expect.objectContaining({ name: 'UnknownEvent' }) }),
    ])
  })

  test('because it has a number that JSON lacks is published truncated', async () => {
    expect(await failures(record(1, { note: 2n ** 60n }))).toEqual([])
    expect(received[0]?.variables.e0).toEqual(truncatedEvent(1, 'SeatsAdded'))
  })

  test('is skipped when its truncated message is rejected, too', async () => {
    answer = failing(({ number }) => number === 1)
    expect(await failures(record(1, { type: 'ConcertPainted' }), record(2))).toEqual([])
    expect(sent()).toEqual([[-1, 2], [-1], [-1]])
    expect(metrics).toEqual(['resource Concert', 'PublishFailures 1'])
    expect(lines('error')).toEqual([
      expect.objectContaining({
        passedBy: true,
        unread: expect.objectContaining({ name: 'UnknownEvent' }),
      }),
    ])
  })

  test('is held back by an outage, and is not counted meanwhile', async () => {
    answer = () => ({ status: 503 })
    expect(await failures(record(1, { type: 'ConcertPainted' }))).toEqual(['1'])
    expect(metrics).toEqual([])
  })
})
