import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  FAULTS,
  type Fault,
  type Faults,
  faultsOf,
  NO_FAULTS,
  startDynamoDBProxy,
  withStreamFaults,
} from '../../lib/local/faults/index.ts'
import type { StreamRecord } from '../../lib/local/streams/record.ts'
import { eventually } from '../support/eventually.ts'
import { type Rates, writePlan } from '../support/fault-plan.ts'
import { LocalRun } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'
import { Subscriber } from '../support/subscriber.ts'

function planFile(plan: object): string {
  const file = join(newFolder('faults'), 'faults.json')
  writePlan(file, plan)
  return file
}

const struck = (faults: Faults) =>
  Array.from({ length: 200 }, (_, index) =>
    faults.strikes(FAULTS[index % FAULTS.length] ?? 'api.fails'),
  )

/** Returns faults of which exactly these strike, each time. */
const always = (...these: Fault[]): Faults => ({
  strikes: (fault) => these.includes(fault),
  roll: () => 0.3,
})

describe('a fault plan', () => {
  const half = Object.fromEntries(FAULTS.map((fault) => [fault, 0.5]))

  test('without rates, no fault strikes', () => {
    expect(struck(NO_FAULTS)).not.toContain(true)
    expect(struck(faultsOf(planFile({ seed: 1 })))).not.toContain(true)
  })

  test('the same seed causes the same faults, and another seed causes other faults', () => {
    const [one, again, other] = [1, 1, 2].map((seed) =>
      struck(faultsOf(planFile({ seed, rates: half }))),
    )
    expect(one).toContain(true)
    expect(again).toEqual(one)
    expect(other).not.toEqual(one)
  })

  test('a changed plan takes effect', async () => {
    const file = planFile({ rates: {} })
    const faults = faultsOf(file)
    expect(faults.strikes('api.fails')).toBe(false)
    writePlan(file, { rates: { 'api.fails': 1 } })
    await eventually(async () => faults.strikes('api.fails') || undefined)
    expect(faults.strikes('api.drops')).toBe(false)
  })

  test.each([{ 'api.failz': 1 }, { 'api.fails': 2 }, { 'api.fails': -1 }, { 'api.fails': '1' }])(
    'the rates %p are rejected',
    (rates) => expect(() => faultsOf(planFile({ rates }))).toThrow(/api\.fail/),
  )

  test('a file that is not a plan is rejected with its path', () => {
    const file = planFile({ 'api.drops': 0.1 })
    expect(() => faultsOf(file)).toThrow(
      `${file}: api.drops is not part of a plan: use seed and rates`,
    )
    const missing = join(newFolder('faults'), 'none.json')
    expect(() => faultsOf(missing)).toThrow(
      `--faults must be a JSON file such as { "rates": { "api.drops": 0.1 } }; cannot read ${missing}`,
    )
  })
})

describe('a batch of a stream', () => {
  const record = (number: number): StreamRecord => ({
    eventID: `${number}`,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: { ApproximateCreationDateTime: 0, SequenceNumber: `${100 + number}` },
    eventSourceARN: 'arn',
  })
  const batch = [1, 2, 3, 4].map(record)

  async function arriving(faults: Faults) {
    const all: (readonly StreamRecord[])[] = []
    for await (const part of withStreamFaults(batch, faults, new AbortController().signal))
      all.push(part)
    return all
  }
  const ids = (batches: readonly (readonly StreamRecord[])[]) =>
    batches.map((part) => part.map(({ eventID }) => eventID).join(''))

  test('arrives unchanged without faults', async () =>
    expect(await arriving(NO_FAULTS)).toEqual([batch]))

  test('arrives twice', async () =>
    expect(ids(await arriving(always('stream.twice')))).toEqual(['1234', '1234']))

  test('arrives in two parts', async () =>
    expect(ids(await arriving(always('stream.split')))).toEqual(['12', '34']))

  test('arrives in another order, with ascending sequence numbers', async () => {
    const [part = []] = await arriving(always('stream.reordered'))
    expect(ids([part])).not.toEqual(['1234'])
    expect(part.map(({ eventID }) => eventID).sort()).toEqual(['1', '2', '3', '4'])
    expect(part.map(({ dynamodb }) => dynamodb.SequenceNumber)).toEqual([
      '101',
      '102',
      '103',
      '104',
    ])
  })

  test('arrives late', async () => {
    const before = performance.now()
    expect(await arriving(always('stream.late'))).toEqual([batch])
    expect(performance.now() - before).toBeGreaterThan(250)
  })

  test('is lost', async () => expect(await arriving(always('stream.lost'))).toEqual([]))
})

describe('DynamoDB behind the proxy', () => {
  const asked: string[] = []
  const target = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end('{}')
  })
  let endpoint: string

  beforeAll(async () => {
    target.listen(0, '127.0.0.1')
    await once(target, 'listening')
    const address = target.address()
    endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  })
  beforeEach(() => asked.splice(0))
  afterAll(() => target.close())

  async function ask(faults: Faults) {
    const proxy = await startDynamoDBProxy({ target: endpoint, faults })
    try {
      const answer = await fetch(proxy.endpoint, { method: 'POST', body: '{}' })
      return { status: answer.status, text: await answer.text() }
    } finally {
      await proxy.stop()
    }
  }

  test('answers a request', async () => {
    expect(await ask(NO_FAULTS)).toEqual({ status: 200, text: '{}' })
    expect(asked).toHaveLength(1)
  })

  test.each([
    ['dynamodb.throttles', 400, 'ThrottlingException'],
    ['dynamodb.fails', 500, 'InternalServerError'],
  ] as const)('fails with %s and never receives the request', async (fault, status, error) => {
    expect(await ask(always(fault))).toEqual({ status, text: expect.stringContaining(error) })
    expect(asked).toHaveLength(0)
  })

  test('runs a request and loses the answer', async () => {
    await expect(ask(always('dynamodb.losesAnswer'))).rejects.toThrow()
    expect(asked).toHaveLength(1)
  })
})

describe('a local run', () => {
  const plan = planFile({})
  let run: LocalRun

  beforeAll(async () => {
    run = await LocalRun.start(undefined, {}, ['--faults', plan])
  }, 60_000)
  afterAll(() => run?.remove(), 30_000)

  /** Waits until the run has read the plan. */
  async function goingWrong(rates: Rates): Promise<void> {
    writePlan(plan, { rates })
    await delay(150)
  }

  const addSeats = (commandId: string) =>
    run.graphql('mutation ($input: AddSeatsInput!) { addSeats(input: $input) { id version } }', {
      input: { amount: 1, commandId },
    })

  /** Waits until the feed function has published an event. */
  const published = (id = '(none)') =>
    eventually(async () => new RegExp(`about: 'feed'.*${id}`).test(run.output) || undefined)

  test.each([
    ['api.fails', 'InternalFailure'],
    ['api.throttles', 'ThrottlingException'],
    ['function.throws', 'InternalError'],
    ['function.timesOut', 'InternalError'],
  ] as const)(
    '%s: a client gets %s, repeats the command and succeeds',
    async (fault, errorType) => {
      await goingWrong({ [fault]: 1 })
      expect((await addSeats(fault)).errors).toMatchObject([{ errorType }])
      await goingWrong({})
      expect((await addSeats(fault)).data?.addSeats).toMatchObject({ version: 1 })
    },
  )

  test('api.losesAnswer: a command whose answer is lost is committed', async () => {
    await goingWrong({ 'api.losesAnswer': 1 })
    await expect(addSeats('lost')).rejects.toThrow()
    await goingWrong({})
    expect((await addSeats('lost')).data?.addSeats).toMatchObject({ version: 1 })
  })

  test('function.dies: the client gets an InternalError', async () => {
    await goingWrong({ 'function.dies': 1, 'dynamodb.throttles': 1 })
    expect((await addSeats('died')).errors).toMatchObject([{ errorType: 'InternalError' }])
  })

  test('api.drops and api.closes: a subscriber misses an event', async () => {
    await goingWrong({})
    const subscriber = await Subscriber.connect(run.outputs)
    const all = await subscriber.subscribe('subscription { onConcertEvent { commandId } }')
    await goingWrong({ 'api.drops': 1 })
    await published((await addSeats('dropped')).data?.addSeats?.id)
    await goingWrong({})
    await addSeats('told')
    await subscriber.message(all, { commandId: 'told' })
    expect(JSON.stringify(subscriber.frames)).not.toContain('dropped')
    await goingWrong({ 'api.closes': 1 })
    await addSeats('cut off')
    await eventually(async () => subscriber.isClosed || undefined)
    expect(JSON.stringify(subscriber.frames)).not.toContain('cut off')
  })
})
