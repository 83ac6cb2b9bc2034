import { runCommand } from '../../lib/local/process/command.ts'
import { traceCommand } from '../../lib/local/tracing/command.ts'
import { eventually } from '../support/eventually.ts'
import { type Answer, LocalRun } from '../support/local-run.ts'
import { Subscriber } from '../support/subscriber.ts'

const UNTOUCHED = '5d0c2c1e-7a30-4ac7-9cf4-6a2f0f0a4a55'
const NOWHERE = '3b241101-e2bb-4255-8caf-4136c566a962'

let run: LocalRun

beforeAll(async () => {
  run = await LocalRun.start()
}, 60_000)
afterAll(() => run?.remove(), 30_000)

async function opened(amount: number): Promise<string> {
  const { data } = await run.graphql(
    'mutation ($amount: Int!) { addSeats(input: { amount: $amount }) { id } }',
    { amount },
  )
  return data?.addSeats?.id ?? ''
}

const place = (input: object) =>
  run.graphql(
    `mutation ($input: PlaceBookingInput!) {
      placeBooking(input: $input) { id version status concertId quantity reason }
    }`,
    { input },
  )

async function placed(concertId: string, quantity: number): Promise<string> {
  const { data } = await place({ concertId, quantity })
  return data?.placeBooking?.id ?? ''
}

const cancel = (id: string) =>
  run.graphql('mutation ($id: ID!) { cancelBooking(input: { id: $id }) { id status } }', { id })

async function booking(id: string) {
  const query = 'query ($id: ID!) { booking(id: $id) { version status reason } }'
  return (await run.graphql(query, { id })).data?.booking
}

async function settled(id: string) {
  return eventually(async () => {
    const found = await booking(id)
    return found?.status === 'PLACED' ? undefined : found
  })
}

async function left(id: string) {
  const query = 'query ($id: ID!) { concert(id: $id) { quantity } }'
  return (await run.graphql(query, { id })).data?.concert?.quantity
}

test('a booking is placed, and is confirmed once its seats are reserved', async () => {
  const concertId = await opened(5)
  const { data, errors } = await place({ concertId, quantity: 3 })
  expect(errors).toBeUndefined()
  const { id = '' } = data?.placeBooking ?? {}
  expect(data?.placeBooking).toEqual({
    id,
    version: 1,
    status: 'PLACED',
    concertId,
    quantity: 3,
    reason: null,
  })
  expect(await settled(id)).toEqual({ version: 2, status: 'CONFIRMED', reason: null })
  expect(await left(concertId)).toBe(2)
})

test('a booking of more seats than are left is rejected with the reason', async () => {
  const concertId = await opened(1)
  const id = await placed(concertId, 2)
  expect(await settled(id)).toEqual({
    version: 2,
    status: 'REJECTED',
    reason: 'Only 1 seats are left',
  })
  expect((await cancel(id)).errors).toMatchObject([{ errorType: 'BookingNotOpen' }])
})

test('a booking of an unknown concert is rejected', async () => {
  const id = await placed(NOWHERE, 2 ** 31 - 1)
  expect(await settled(id)).toMatchObject({
    status: 'REJECTED',
    reason: 'There is no such concert',
  })
})

test('cancelling a booking releases its seats', async () => {
  const concertId = await opened(5)
  const id = await placed(concertId, 3)
  await settled(id)
  expect((await cancel(id)).data?.cancelBooking).toEqual({ id, status: 'CANCELLED' })
  await eventually(async () => ((await left(concertId)) === 5 ? true : undefined))
})

test('a booking that is sent twice is placed once', async () => {
  const concertId = await opened(5)
  const input = { concertId, quantity: 2, commandId: 'twice' }
  const [first, second] = [await place(input), await place(input)]
  expect(second).toEqual(first)
  await settled(first.data?.placeBooking?.id ?? '')
  expect(await left(concertId)).toBe(3)
})

test('a cancellation that is sent twice is committed once', async () => {
  const concertId = await opened(5)
  const id = await placed(concertId, 3)
  await settled(id)
  const send = () =>
    run.graphql(
      'mutation ($input: CancelBookingInput!) { cancelBooking(input: $input) { id version status } }',
      { input: { id, commandId: 'cancelled twice' } },
    )
  const [first, second] = [await send(), await send()]
  expect(first.data?.cancelBooking).toEqual({ id, version: 3, status: 'CANCELLED' })
  expect(second).toEqual(first)
  expect((await cancel(id)).errors).toMatchObject([{ errorType: 'BookingNotOpen' }])
  await eventually(async () => ((await left(concertId)) === 5 ? true : undefined))
})

test('cancelling an unknown booking is rejected', async () => {
  const { errors } = await cancel(NOWHERE)
  expect(errors).toMatchObject([{ errorType: 'ResourceNotFound' }])
})

test('a client cannot use the command id of a reaction', async () => {
  const concertId = await opened(5)
  const input = { id: concertId, commandId: 'reaction-GFKpIcZ8Vv' }
  const { errors } = await run.graphql(
    'mutation ($input: ReserveSeatsInput!) { reserveSeats(input: $input) { id } }',
    { input },
  )
  expect(errors).toMatchObject([{ errorType: 'InvalidArgument' }])
  expect(await left(concertId)).toBe(5)
})

test.each([
  [{ concertId: 'no-uuid', quantity: 1 }, 'InvalidId'],
  [{ concertId: NOWHERE, quantity: 0 }, 'InvalidBookingQuantity'],
  [{ concertId: NOWHERE, quantity: -1 }, 'InvalidBookingQuantity'],
])('a booking of %p is rejected: %s', async (input, errorType) => {
  expect((await place(input)).errors).toMatchObject([{ errorType }])
})

test.each([1.5, 2 ** 31])('a booking of %p seats is rejected by the schema', async (quantity) => {
  const { errors } = await place({ concertId: NOWHERE, quantity })
  expect(errors).toMatchObject([{ message: expect.stringContaining('Int cannot represent') }])
})

test('a subscriber receives each event of a booking', async () => {
  const concertId = await opened(5)
  const subscriber = await Subscriber.connect(run.outputs)
  const all = await subscriber.subscribe('subscription { onBookingEvent { id number type } }')
  const id = await placed(concertId, 1)
  await subscriber.message(all, { id, number: 1, type: 'BookingPlaced' })
  await subscriber.message(all, { id, number: 2, type: 'BookingConfirmed' })
  await subscriber.close()
})

test('a request and all resulting events have the same trace id', async () => {
  const concertId = await opened(5)
  const id = await placed(concertId, 1)
  await settled(id)
  const { data } = await run.graphql(
    `query ($id: ID!, $concertId: ID!) {
      bookingEvents(id: $id) { type traceId }
      concertEvents(id: $concertId, after: 1) { type traceId }
    }`,
    { id, concertId },
  )
  const [{ traceId = '' } = {}] = data?.bookingEvents ?? []
  expect(traceId).toMatch(/^1-/)
  expect(data).toEqual({
    bookingEvents: [
      { type: 'BookingPlaced', traceId },
      { type: 'BookingConfirmed', traceId },
    ],
    concertEvents: [{ type: 'SeatsReserved', traceId }],
  })
  expect(run.output).toMatch(new RegExp(`about: 'reaction', traceId: '${traceId}'.*BookingPlaced`))
})

/** Returns the log entries about commits of these resources, in order. */
const committed = (...ids: readonly string[]) =>
  run.logs().flatMap(({ level, message }) => {
    const entry: { about?: string; id?: string; number?: number } = Object(message)
    const isCommit = entry.about === 'commit' && ids.includes(entry.id ?? '')
    return isCommit ? [{ level, message: entry }] : []
  })

test('each committed event leaves one log entry, without its attributes', async () => {
  const concertId = await opened(5)
  const input = { concertId, quantity: 2, commandId: 'logged once' }
  const { data } = await place(input)
  const { id = '' } = data?.placeBooking ?? {}
  await settled(id)
  await place(input)
  await place({ ...input, quantity: 0, commandId: 'rejected' })

  const traceId = expect.stringMatching(/^1-/)
  const commandId = expect.stringMatching(/^reaction-/)
  const common = { about: 'commit', traceId, commandId, actor: 'key' }
  const reactor = 'bookings.fulfilment'
  const booking = { ...common, resource: 'Booking', id }
  const concert = { ...common, resource: 'Concert', id: concertId }
  const entries = [
    { ...concert, number: 1, type: 'SeatsAdded', commandId: expect.any(String) },
    { ...booking, number: 1, type: 'BookingPlaced', commandId: 'logged once' },
    { ...booking, number: 2, type: 'BookingConfirmed', reactor },
    { ...concert, number: 2, type: 'SeatsReserved', reactor },
  ]
  await eventually(async () => committed(id, concertId).length >= entries.length || undefined)
  const found = committed(id, concertId)
  expect(found).toHaveLength(entries.length)
  for (const message of entries) expect(found).toContainEqual({ level: 'INFO', message })
})

/** Runs `npm run trace` in this process. */
async function trace(...args: string[]) {
  const [out, error]: [string[], string[]] = [[], []]
  const code = await runCommand(traceCommand, [...args, '--data', run.folder], {
    out: (text) => out.push(text),
    error: (text) => error.push(text),
  })
  return { code, out: out.join(''), error: error.join('') }
}

/** Waits until the output has a text: the functions send the traces after their answers. */
const tracedTo = (id: string, wanted: RegExp) => traced(id, (out) => expect(out).toMatch(wanted))

/** Returns the output once it passes a check. Segments arrive one by one. */
const traced = (id: string, check: (output: string) => void) =>
  eventually(async () => {
    const { out } = await trace(id)
    check(out)
    return out
  })

/** Returns the labels of the hops, without ids, times and bars. */
const labelsOf = (output: string, ...ids: readonly string[]) =>
  output
    .split('\n')
    .flatMap((line) => /^ +\d+ ms.*?[█·] +(.*)/.exec(line)?.[1] ?? [])
    .map((label) => ids.reduce((text, id) => text.replaceAll(` ${id}`, ''), label))

test('a trace leads from the request to its events, messages, reactions and their events', async () => {
  const concertId = await opened(5)
  const id = await placed(concertId, 1)
  await settled(id)
  const { data } = await run.graphql('query ($id: ID!) { bookingEvents(id: $id) { traceId } }', {
    id,
  })
  const traceId = data?.bookingEvents?.[0]?.traceId ?? ''
  const hops = [
    /^API /,
    /^function .*ookingsCommands/,
    /^placeBooking$/,
    /^commit 1 BookingPlaced$/,
    /^put$/,
    /^event Booking 1 BookingPlaced$/,
    /^function .*Reactions.* \(trace 1-.*\)$/,
    /^react$/,
    /^reaction bookings.fulfilment 1 BookingPlaced$/,
    /^commit 2 BookingConfirmed$/,
    /^hydrate$/,
    /^put$/,
    /^event Booking 2 BookingConfirmed$/,
    /^function .*Feed.* \(trace 1-.*\)$/,
    /^publish$/,
    /^API /,
    /^message Booking 2 BookingConfirmed$/,
  ]
  const output = await traced(traceId, (out) => {
    const labels = labelsOf(out, id, concertId)
    let from = 0
    for (const hop of hops) {
      from = labels.findIndex((label, index) => index >= from && hop.test(label)) + 1
      if (from === 0) throw new Error(`${hop} is missing: ${out}`)
    }
    expect(labels).toContain('message Booking 1 BookingPlaced')
  })
  expect(output).not.toContain('✗')
  const resource = { resource: id, number: 1, event: 'BookingPlaced' }
  expect(run.traces()).toContainEqual(
    expect.objectContaining({
      name: 'reaction',
      annotations: { reactor: 'bookings.fulfilment', ...resource, cause: traceId, actor: 'key' },
    }),
  )

  // The function's own trace names the request.
  const [, started = ''] = /Reactions.* \(trace (1-.*)\)/.exec(output) ?? []
  expect((await trace(started)).out).toContain(`handles events of the trace ${traceId}`)
})

test('a trace shows an error once, at the hop where it happened', async () => {
  const concertId = await opened(1)
  const id = await placed(concertId, 2)
  await settled(id)
  await cancel(id)
  const { errors } = await cancel(id)
  await traced(`${errors?.[0]?.errorInfo?.traceId}`, (out) =>
    expect(labelsOf(out, id)).toEqual([
      expect.stringMatching(/^API .* ✗$/),
      expect.stringMatching(/^function .*Commands/),
      'cancelBooking  ✗',
      'commit  ✗ BookingNotOpen',
      'hydrate',
    ]),
  )
})

test('an error before a function is called is shown at the API', async () => {
  const { graphqlUrl, apiKey } = run.outputs
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'x-api-key': apiKey },
    body: JSON.stringify({ query: '{ booking { id } }' }),
  })
  const header = response.headers.get('x-amzn-trace-id') ?? ''
  expect(header).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=1$/)
  const output = await tracedTo(header, /✗/)
  expect(labelsOf(output)).toEqual([expect.stringMatching(/^API .* ✗$/)])
})

test('a request that is not sampled leaves log entries, and no segments', async () => {
  const { graphqlUrl, apiKey } = run.outputs
  const root = '1-6745e7a0-4cc1b3b2a4a5c8a1b2c3d4e5'
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'x-amzn-trace-id': `Root=${root};Sampled=0` },
    body: JSON.stringify({ query: 'mutation { addSeats(input: { amount: 1 }) { id } }' }),
  })
  const { data }: Answer = JSON.parse(await response.text())
  const id = data?.addSeats?.id ?? ''
  const output = await tracedTo(root, /message Concert/)
  expect(committed(id)).toMatchObject([{ message: { traceId: root } }])
  expect(labelsOf(output, id)[0]).toMatch(/^function .*Feed/)
  expect(run.traces().filter(({ trace_id }) => trace_id === root)).toEqual([])
})

test('the traces of a resource are listed, newest first', async () => {
  const id = await opened(1)
  await left(id)
  const output = await tracedTo(id, /concert\n.*addSeats\n.*Trace /s)
  expect(output).toMatch(new RegExp(`^Traces of ${id}, newest first:\n`))
  // Reactors may have read the resource after the query, in a trace of their own.
  const [, newest] = /newest first:\n +(\S+)/.exec(output) ?? []
  expect(output).toContain(`\nTrace ${newest} `)
})

test.each([
  [[UNTOUCHED], 1, `has no trace of ${UNTOUCHED}: pass the trace id of an answer`],
  [['1-12345678-123456789012345678901234'], 1, 'has no trace of 1-12345678'],
  [[], 2, 'ID is missing: pass a trace id or the id of a resource'],
  [['1', '2'], 2, 'Pass one ID; got another: 2'],
  [['--all'], 2, "Unknown option '--all'"],
])('npm run trace -- %p fails with a clear error', async (args, code, error) => {
  const result = await trace(...args)
  expect(result).toMatchObject({ code, out: '' })
  expect(result.error).toContain(error)
})

test('without a run, npm run trace says how to start it', async () => {
  const error: string[] = []
  const code = await runCommand(traceCommand, [NOWHERE, '--data', 'no-such-folder'], {
    out: () => {},
    error: (text) => error.push(text),
  })
  expect(code).toBe(1)
  expect(error).toEqual([
    'no-such-folder does not exist: run npm start, or pass its folder with --data\n',
  ])
})
