import { randomUUID } from 'node:crypto'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import {
  Aggregate,
  bind,
  dynamoDBEventStore,
  type Event,
  type EventHandlers,
  type EventStore,
  inMemoryEventStore,
  StoreUnavailable,
  within,
} from '../../../lib/event-sourcing/index.ts'
import {
  type CheckpointStore,
  Dispatcher,
  inMemoryCheckpointStore,
  type Reactor,
} from '../../../lib/event-sourcing/reactions/index.ts'
import { createTable } from '../../support/create-table.ts'
import { withDynamoDB } from '../../support/dynamodb.ts'
import { eventually } from '../../support/eventually.ts'

interface Rung extends Event {
  readonly type: 'Rung'
}
class Bell extends Aggregate<Rung> implements EventHandlers<Rung> {
  onRung() {}
}
class Gong extends Aggregate<Rung> implements EventHandlers<Rung> {
  onRung() {}
}

const dynamodb = withDynamoDB()
let store: EventStore
let checkpoints: CheckpointStore
let handled: string[]
/** The reported numbers of compared resources. */
let progress: number[]
let handler: (id: string) => unknown

beforeEach(() => {
  bindBell(inMemoryEventStore({ name: 'Bells', pageSize: 5 }))
  checkpoints = inMemoryCheckpointStore()
  handled = []
  progress = []
  handler = () => {}
})

function bindBell(to: EventStore) {
  store = to
  bind(Bell, store)
}

const listening: Reactor<Bell> = {
  of: Bell,
  begins: 'beginning',
  patience: 1000,
  async onRung({ number }, { id }) {
    await handler(id)
    handled.push(`${id}/${number}`)
  },
}
const dispatcher = (reactors: Readonly<Record<string, Reactor<Bell>>> = { listening }) =>
  new Dispatcher({
    reactors,
    checkpoints,
    observer: { progress: (_, resources) => progress.push(resources) },
  })

const ring = (id: string) => new Bell(id).commit({ type: 'Rung' }, { creates: true })
const ids = (count: number) => Array.from({ length: count }, (_, index) => `bell-${1000 + index}`)
const runDue = (it: Dispatcher) => within(20_000, () => it.runDue())
const reconcile = (it: Dispatcher, time = 20_000) => within(time, () => it.reconcile())

test('a new reactor that begins at the beginning gets all events by the schedule alone', async () => {
  for (const id of ids(230)) await ring(id)
  await runDue(dispatcher())
  expect(new Set(handled).size).toBe(230)
  expect(progress.at(-1)).toBe(230)
})

test('a completed pass starts again only after a request', async () => {
  await ring('a')
  const it = dispatcher()
  await runDue(it)
  progress = []
  await runDue(it)
  expect(progress).toEqual([])
  expect(await reconcile(it)).toBe(true)
  expect(progress.at(-1)).toBe(1)
})

test('a pass that runs out of time continues at its position with the next schedule', async () => {
  const it = dispatcher()
  await runDue(it)
  for (const id of ids(40)) await ring(id)
  handler = () => new Promise((resolve) => setTimeout(resolve, 20))
  expect(await reconcile(it, 10_030)).toBe(false)
  const first = handled.length
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThan(40)
  const asked: string[] = []
  const { get } = checkpoints
  Object.assign(checkpoints, {
    get(reactor: string, id: string) {
      asked.push(id)
      return get(reactor, id)
    },
  })
  await runDue(dispatcher())
  expect(new Set(handled).size).toBe(40)
  expect(handled).toHaveLength(40)
  expect(progress.at(-1)).toBe(40)
  expect(asked).not.toContain(ids(1)[0])
})

test('a request during a pass causes another pass, which finds events behind the position', async () => {
  for (const id of ids(40)) await ring(id)
  const late = 'bell-0'
  const it = dispatcher()
  handler = async (id) => {
    if (id !== ids(40).at(-1)) return
    await ring(late)
    // The other run is busy, and gets the request.
    expect(await reconcile(dispatcher())).toBe(false)
  }
  expect(await reconcile(it)).toBe(true)
  expect(handled).toContain(`${late}/1`)
  expect(handled).toHaveLength(41)
})

test('one process reconciles at a time, and another continues after it has died', async () => {
  for (const id of ids(10)) await ring(id)
  handler = (id) => (id === 'bell-1007' ? new Promise(() => {}) : undefined)
  const patient = { listening: { ...listening, patience: 15_000 } }
  reconcile(dispatcher(patient)).catch(() => {})
  await eventually(async () => handled.length === 8 || undefined)
  expect(await reconcile(dispatcher())).toBe(false)
  const record = await checkpoints.reactor('listening')
  if (record) {
    await checkpoints.putReactor({
      ...record,
      reconciler: { ...record.reconciler, leasedUntil: 0 },
    })
  }
  expect(await reconcile(dispatcher())).toBe(true)
  expect(handled).toContain('bell-1009/1')
})

test('a history that takes all the time does not keep a pass from completing', async () => {
  for (let time = 0; time < 30; time += 1) await ring('a')
  await ring('b')
  const { scan } = store
  Object.assign(store, {
    async *scan(...range: Parameters<typeof scan>) {
      for await (const page of scan(...range)) {
        yield page
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
    },
  })
  await within(10_100, () => dispatcher().runDue())
  expect(handled).toHaveLength(30)
  await within(10_100, () => dispatcher().runDue())
  expect(handled).toHaveLength(31)
})

test('a table that does not answer does not stop the other reactors', async () => {
  const out = inMemoryEventStore({ name: 'Gongs' })
  const fail = () => {
    throw new StoreUnavailable('It is out', { store: 'Gongs' })
  }
  Object.assign(out, { scan: fail, history: fail })
  bind(Gong, out)
  await ring('a')
  const deaf: Reactor<Bell> = { of: Gong, begins: 'beginning' }
  await expect(runDue(dispatcher({ deaf, listening }))).rejects.toThrow(
    'Not all reactors could go on',
  )
  expect(handled).toEqual(['a/1'])
})

test('the reconciler skips items that are not events, and finds the events beside them', async () => {
  const tableName = `Bells-${randomUUID()}`
  await createTable(dynamodb.client, tableName, { stream: false })
  bindBell(dynamoDBEventStore({ tableName, client: dynamodb.client }))
  for (const id of ids(30)) await ring(id)
  await ring(ids(30)[7] ?? '')
  for (const [id, number] of [
    ['odd', 1],
    ['bell-1007', 3],
    ['bell-1012', 2],
  ] as const) {
    const Item = marshall({ id, number, type: 'put by hand' })
    await dynamodb.client.send(new PutItemCommand({ TableName: tableName, Item }))
  }
  expect(await reconcile(dispatcher())).toBe(true)
  expect(new Set(handled).size).toBe(31)
})
