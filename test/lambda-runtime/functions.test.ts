import { isObject, type JsonObject, objectAt } from '../../lib/local/json.ts'
import type { LogEntry } from '../../lib/local/lambda/index.ts'
import { type LocalRun, startLocal } from '../../lib/local/run.ts'
import { withOwnDynamoDB } from '../support/dynamodb.ts'
import { eventually } from '../support/eventually.ts'
import { assemblyWith } from '../support/granted-rights.ts'
import type { Answer } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'
import { Subscriber } from '../support/subscriber.ts'
import { type DynamoDBGate, startDynamoDBGate } from './dynamodb-gate.ts'
import { RuntimeProcess } from './runtime-process.ts'

/** The properties that differ from the template of the test application. */
const CHANGES: readonly (readonly [logicalId: RegExp, properties: JsonObject])[] = [
  [/^ApiticketsCommands/, { Timeout: 3 }],
  [/^ApibookingsQueries/, { Handler: 'index.missing' }],
]

const dynamodb = withOwnDynamoDB()
const processes: RuntimeProcess[] = []
const log: LogEntry[] = []
let gate: DynamoDBGate
let run: LocalRun

beforeAll(async () => {
  gate = await startDynamoDBGate(dynamodb.endpoint)
  process.env.DYNAMODB_ENDPOINT = gate.endpoint
  run = await startLocal({
    assembly: await assemblyWith(changed),
    state: newFolder('run'),
    port: 0,
    region: 'us-east-1',
    log: (entry) => log.push(entry),
    startEnvironment(...parts) {
      const started = new RuntimeProcess(...parts)
      processes.push(started)
      return started
    },
  })
}, 60_000)

afterAll(async () => {
  delete process.env.DYNAMODB_ENDPOINT
  await run?.stop()
  await gate?.stop()
}, 30_000)

function changed(template: JsonObject): JsonObject {
  const Resources = Object.entries(objectAt(template, 'Resources')).map(([logicalId, resource]) => {
    const [, changes] = CHANGES.find(([name]) => name.test(logicalId)) ?? []
    return isObject(resource) && resource.Type === 'AWS::Lambda::Function' && changes
      ? [
          logicalId,
          { ...resource, Properties: { ...objectAt(resource, 'Properties'), ...changes } },
        ]
      : [logicalId, resource]
  })
  return { ...template, Resources: Object.fromEntries(Resources) }
}

async function graphql(query: string, variables: object = {}): Promise<Answer> {
  const { graphqlUrl, apiKey = '' } = run.outputs
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ query, variables }),
  })
  const answer: Answer = JSON.parse(await response.text())
  return answer
}

const addSeats = (input: object) =>
  graphql('mutation ($input: AddSeatsInput!) { addSeats(input: $input) { id version quantity } }', {
    input,
  })

/** Creates a concert and returns its id. */
async function opened(amount: number): Promise<string> {
  const { data, errors } = await addSeats({ amount })
  expect(errors).toBeUndefined()
  return data?.addSeats?.id ?? ''
}

const numbersOf = async (id: string) => {
  const { data } = await graphql(`{ concertEvents(id: "${id}") { number } }`)
  return data?.concertEvents?.map(({ number }) => number)
}

const isOf = (event: unknown, id: string) => JSON.stringify(event).includes(id)

const ofFunction = (name: string) => processes.filter(({ logicalId }) => logicalId.includes(name))

test('a process runs its first command and further commands', async () => {
  const id = await opened(1)
  const { data } = await addSeats({ id, amount: 2 })
  expect(data).toEqual({ addSeats: { id, version: 2, quantity: 3 } })
  expect(ofFunction('ticketsCommands')).toHaveLength(1)
})

test('a rejected command is an error with type and data, and the process continues', async () => {
  const id = await opened(1)
  const query = 'mutation ($id: ID!) { reserveSeats(input: { id: $id, quantity: 5 }) { id } }'
  const { errors } = await graphql(query, { id })
  expect(errors).toMatchObject([
    { errorType: 'SoldOut', errorInfo: { quantity: 5, left: 1 }, path: ['reserveSeats'] },
  ])
  expect(await numbersOf(id)).toEqual([1])
  expect(ofFunction('ticketsCommands')).toHaveLength(1)
})

test('the feed function publishes a batch to subscribers, in order', async () => {
  const { graphqlUrl, realtimeUrl, consoleUrl, apiKey = '' } = run.outputs
  const subscriber = await Subscriber.connect({ graphqlUrl, realtimeUrl, consoleUrl, apiKey })
  try {
    const all = await subscriber.subscribe(
      'subscription { onConcertEvent { id number type amount } }',
    )
    const id = await opened(1)
    for (const amount of [2, 3]) await addSeats({ id, amount })
    const expected = [1, 2, 3].map((number) => ({
      id,
      number,
      type: 'SeatsAdded',
      amount: number,
    }))
    await subscriber.message(all, expected.at(-1) ?? {})
    const published = await subscriber.messages(all, expected.length)
    expect(published.filter((event) => isOf(event, id))).toEqual(expected)
    expect(ofFunction('Feed').length).toBeGreaterThan(0)
  } finally {
    await subscriber.close()
  }
})

test('a reaction commits to two resources', async () => {
  const concertId = await opened(2)
  const place = `mutation ($input: PlaceBookingInput!) { placeBooking(input: $input) { id } }`
  const { errors } = await graphql(place, { input: { concertId, quantity: 2 } })
  expect(errors).toBeUndefined()
  await eventually(async () => (await numbersOf(concertId))?.includes(2) || undefined)
  expect(ofFunction('Reactions').length).toBeGreaterThan(0)
})

test('code that cannot be loaded is an internal error, and the log has its text', async () => {
  const { errors } = await graphql('{ bookings { items { id } } }')
  expect(errors).toMatchObject([{ errorType: 'InternalError' }])
  await eventually(async () => {
    expect(log).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: expect.objectContaining({
          errorType: 'HandlerNotFoundError',
          errorMessage: 'index.missing is undefined or not exported',
        }),
      }),
    )
    return true
  })
})

test('after a timeout in the middle of a command, a new process commits it exactly once', async () => {
  const id = await opened(1)
  const [first] = ofFunction('ticketsCommands').filter(({ isAlive }) => isAlive)
  const command = { id, amount: 5, commandId: 'add-once' }
  let frozen = false
  gate.afterNextPut(async () => {
    await first?.freeze()
    frozen = true
  })

  const { errors } = await addSeats(command)
  expect(frozen).toBe(true)
  expect(errors).toMatchObject([{ errorType: 'InternalError' }])
  expect(log).toContainEqual(
    expect.objectContaining({
      message: expect.objectContaining({ errorType: 'Sandbox.Timedout' }),
    }),
  )
  expect(first?.isAlive).toBe(false)

  const { data } = await addSeats(command)
  expect(data).toEqual({ addSeats: { id, version: 2, quantity: 6 } })
  expect(await numbersOf(id)).toEqual([1, 2])
  expect(ofFunction('ticketsCommands')).toHaveLength(2)
})
