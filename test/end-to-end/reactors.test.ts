import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { run as runCommand } from '../../lib/operations/run.ts'
import { withOwnDynamoDB } from '../support/dynamodb.ts'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'

const REACTOR = 'bookings.fulfilment'
const dynamodb = withOwnDynamoDB()
let run: LocalRun

beforeAll(async () => {
  const env = { DYNAMODB_ENDPOINT: dynamodb.endpoint }
  run = await LocalRun.start(undefined, env, ['--minute', '200'])
}, 60_000)
afterAll(() => run?.remove(), 30_000)

/** Writes a booking that no reactor can handle, and a second event once the first is parked. */
async function brokenBooking(): Promise<string> {
  const { TableNames = [] } = await dynamodb.client.send(new ListTablesCommand())
  const TableName = TableNames.find((name) => name.includes('Booking'))
  const id = randomUUID()
  const common = { id, created: new Date().toISOString(), meta: { commandId: randomUUID() } }
  const placed = { type: 'BookingPlaced', concertId: randomUUID(), quantity: 'many' }
  const again = { ...placed, quantity: 1 }
  const documents = DynamoDBDocumentClient.from(dynamodb.client)
  for (const [index, event] of [placed, again].entries()) {
    const Item = { ...common, number: index + 1, ...event }
    await documents.send(new PutCommand({ TableName, Item }))
    if (index === 0) await parkedIn(id)
  }
  return id
}

async function parked() {
  const { data, errors } = await run.operate(
    `query ($reactor: String!) {
      parkedReactions(reactor: $reactor) { id handled parked { number type error times } }
    }`,
    { reactor: REACTOR },
  )
  expect(errors).toBeUndefined()
  return data?.parkedReactions ?? []
}

const parkedIn = (wanted: string, times = 1) =>
  eventually(
    async () => (await parked()).find(({ id, parked: at }) => id === wanted && at?.times === times),
    20_000,
  )

/** Runs the command line in this process. */
async function reactors(...args: string[]) {
  const [out, error]: [string[], string[]] = [[], []]
  const code = await runCommand([...args, '--data', run.folder], {
    out: (text) => out.push(text),
    error: (text) => error.push(text),
  })
  return { code, text: (code === 0 ? out : error).join('') }
}

test('a failing event is parked, and can be retried, skipped and replayed', async () => {
  const id = await brokenBooking()
  expect(await parkedIn(id)).toEqual({
    id,
    handled: 0,
    parked: {
      number: 1,
      type: 'BookingPlaced',
      error: 'InvalidQuantity: The quantity is a positive whole number',
      times: 1,
    },
  })
  expect((await reactors('list')).text.split('\n')).toContain(REACTOR)
  // The second event may still be on its way to the reactor.
  await eventually(async () => {
    expect((await reactors('parked', REACTOR)).text).toMatch(
      new RegExp(
        `${id}: handled 0 of 2, parked 1 times .*\\n  event 1, BookingPlaced: InvalidQuantity`,
      ),
    )
    return true
  })
  expect((await reactors('progress')).text).toMatch(/ 1 behind, 1 parked/)

  expect(await reactors('retry', REACTOR, id)).toMatchObject({ code: 0 })
  await parkedIn(id, 2)

  expect((await reactors('skip', REACTOR, id, '2', '--reason', 'test')).text).toMatch(/NotParked/)
  expect(await reactors('skip', REACTOR, id, '1')).toMatchObject({ code: 2 })
  const skipped = await reactors('skip', REACTOR, id, '1', '--reason', 'written by hand')
  expect(skipped).toMatchObject({ code: 0 })
  await eventually(async () => ((await parked()).length === 0 ? true : undefined))
  await eventually(async () =>
    (await reactors('progress')).text.includes(' 0 behind, 0 parked') ? true : undefined,
  )

  expect((await reactors('replay', REACTOR, id)).text).toBe(`${REACTOR}: 1 resources start again\n`)
  const handled = new RegExp(`'reaction', .* id: '${id}', number: 1,`)
  await eventually(async () => handled.test(run.output) || undefined)
}, 120_000)

test('a reactor is paused and resumed, and its events wait', async () => {
  expect((await reactors('pause', REACTOR)).text).toMatch(
    new RegExp(`^${REACTOR}: paused since \\d{4}-.*Z\n$`),
  )
  expect((await reactors('progress', REACTOR)).text).toMatch(/, paused since /)
  // The process of the function finds out within two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2500))
  const { data } = await run.graphql('mutation { addSeats(input: { amount: 3 }) { id } }')
  const { data: placed } = await run.graphql(
    'mutation ($input: PlaceBookingInput!) { placeBooking(input: $input) { id } }',
    { input: { concertId: data?.addSeats?.id ?? '', quantity: 1 } },
  )
  const { id } = placed?.placeBooking ?? {}
  const status = async () =>
    (await run.graphql('query ($id: ID!) { booking(id: $id) { status } }', { id })).data?.booking
      ?.status
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(await status()).toBe('PLACED')
  expect((await reactors('resume', REACTOR)).text).toBe(`${REACTOR}: runs\n`)
  await eventually(async () => (await status()) === 'CONFIRMED' || undefined)
}, 120_000)

test('a parked resource does not block other resources', async () => {
  const { data } = await run.graphql('mutation { addSeats(input: { amount: 3 }) { id } }')
  const concertId = data?.addSeats?.id ?? ''
  const { data: placed } = await run.graphql(
    'mutation ($input: PlaceBookingInput!) { placeBooking(input: $input) { id } }',
    { input: { concertId, quantity: 1 } },
  )
  const { id } = placed?.placeBooking ?? {}
  await eventually(async () => {
    const query = 'query ($id: ID!) { booking(id: $id) { status } }'
    return (await run.graphql(query, { id })).data?.booking?.status === 'CONFIRMED' || undefined
  })
})

test.each([
  ['query { reactors }'],
  ['query { reactorProgress(reactor: "a") { resources } }'],
  ['query { parkedReactions(reactor: "a") { id } }'],
  ['mutation { retryReaction(input: { reactor: "a", id: "a" }) { id } }'],
  ['mutation { skipReaction(input: { reactor: "a", id: "a", number: 1, reason: "r" }) { id } }'],
  ['mutation { replayReactor(input: { reactor: "a" }) { rewound } }'],
])('an API key is not sufficient for: %s', async (query) => {
  expect((await run.graphql(query)).errors).toMatchObject([{ errorType: 'Unauthorized' }])
})

test.each(['progress', 'parked', 'replay'])(
  'the command line lists the known reactors if the name is unknown: %s',
  async (name) => {
    const { code, text } = await reactors(name, 'bookings.fulfillment')
    expect(code).toBe(1)
    expect(text).toMatch(/^There is no reactor bookings\.fulfillment\. The reactors are: /)
    expect(text).toContain(REACTOR)
  },
)

test('the command line reports an unreachable API, and shows its help', async () => {
  const main = ['--import', 'tsx', 'lib/operations/main.ts', 'list']
  const away = ['--url', 'http://localhost:9/graphql', '--region', 'us-east-1']
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }
  const failed = promisify(execFile)(process.execPath, [...main, ...away], { env })
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: 'Nothing answers at http://localhost:9/graphql\n',
  })
  expect(await reactors('--help')).toMatchObject({ code: 0, text: expect.stringMatching(/replay/) })
}, 60_000)

test.each([
  [[], 'A command is missing'],
  [['unpark'], 'Unknown command: unpark'],
  [['retry', REACTOR], 'ID is missing'],
  [
    ['skip', REACTOR, 'a', 'first', '--reason', 'r'],
    'NUMBER must be the number of an event, from 1 on; got first',
  ],
  [['replay', REACTOR, ''], 'ID is missing'],
  [['retry', REACTOR, 'a', 'b'], 'retry has an unexpected argument: b'],
])('the command line explains the mistake in %p', async (args, problem) => {
  const { code, text } = await reactors(...args)
  expect(code).toBe(2)
  expect(text).toContain(problem)
})
