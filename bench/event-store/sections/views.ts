import { randomUUID } from 'node:crypto'
import {
  bind,
  dynamoDBEventStore,
  inMemoryEventStore,
  within,
} from '../../../lib/event-sourcing/index.ts'
import { Dispatcher, dynamoDBCheckpointStore } from '../../../lib/event-sourcing/reactions/index.ts'
import {
  dynamoDBViewStore,
  fold,
  type HostedView,
  list,
  ViewBuilder,
  ViewReader,
} from '../../../lib/event-sourcing/views/index.ts'
import { type Cost, meteredClient } from '../meter.ts'
import { Product } from '../product.ts'
import type { Report } from '../report.ts'
import type { Bench, Section } from '../section.ts'
import { figure, median, ms, quantile, ratio, timed } from '../statistics.ts'
import type { Wire } from '../wire.ts'

const EVENTS = 10
const ROUNDS = 200
const PAGE = 20
const HOUR = 3_600_000
const INT_32 = 2 ** 31

const byStatus: HostedView = {
  name: 'productsByStatus',
  view: list(Product, {
    version: 1,
    by: ({ status }) => status,
    // Spreads the products: all of them have the same quantity.
    sort: ({ id }) => Number.parseInt(id.slice(0, 8), 16) / INT_32,
  }),
  resources: ['Product'],
}
const restocked: HostedView = {
  name: 'restockedByDay',
  view: fold(Product, {
    version: 1,
    by: ({ created }) => created.slice(0, 10),
    initial: { amount: 0 },
    on: { ProductRestocked: (row, { amount }) => ({ amount: row.amount + amount }) },
  }),
  resources: ['Product'],
}

export const views: Section = {
  name: 'views',
  title: '9. Views',

  async run(bench, report) {
    await perEvent(bench, report)
    await rebuildAndPages(bench, report)
  },
}

/** Measures each view alone, one event after the other. */
async function perEvent({ endpoint, wire, isQuick }: Bench, report: Report): Promise<void> {
  const rows: (string | number)[][] = []
  const rounds = isQuick ? 50 : ROUNDS
  const add = (name: string, times: readonly number[], cost: Cost) =>
    rows.push([
      name,
      ms(median(times)),
      ms(quantile(times, 0.99)),
      ...[cost.requests, cost.readUnits, cost.writeUnits].map((sum) => figure(sum / rounds)),
    ])
  for (const hosted of [byStatus, restocked]) {
    const { dispatcher, meter } = await hostOf([hosted], { endpoint, wire })
    const store = inMemoryEventStore()
    bind(Product, store)
    const product = new Product(randomUUID())
    const times: number[] = []
    // The first event registers the reactor.
    for (let round = -5; round < rounds; round += 1) {
      await product.restock(1)
      if (round === 0) meter.take()
      const news = { id: product.id, number: product.version, type: 'ProductRestocked' }
      const took = await timed(() => within(HOUR, () => dispatcher.wake(store.name, [news])))
      if (round >= 0) times.push(took)
    }
    add(`${hosted.view.kind}, one event`, times, meter.take())
  }
  const { times, cost } = await statesByHand({ endpoint, wire, rounds })
  add('a table of states, written by hand', times, cost)
  report.table(['', 'median', '99th percentile', 'requests', 'read units', 'write units'], rows)
  report.note(
    'Per event and view, without the reads of the events: the views’ reactors take a lease, write the view, and store what they have handled. The table of states is one unconditional put of the state with its index, without order, retries or a way to rebuild it.',
  )
}

/** Writes one state for each event, as a stream handler without guarantees does. */
async function statesByHand({
  endpoint,
  wire,
  rounds,
}: Pick<Bench, 'endpoint' | 'wire'> & { rounds: number }) {
  const tableName = await viewTable(wire)
  const { client, meter } = meteredClient(endpoint)
  const store = dynamoDBViewStore({ tableName, client })
  const id = randomUUID()
  const times: number[] = []
  for (let revision = 1; revision <= rounds; revision += 1) {
    const body = { id, status: 'available', quantity: revision }
    const entry = {
      partition: id,
      item: 'state',
      key: 'available',
      sort: `${revision}`,
      revision,
      body,
    }
    times.push(await timed(() => store.putNewer(entry)))
  }
  client.destroy()
  return { times, cost: meter.take() }
}

/** Builds both views from all stored events, then reads pages of the list. */
async function rebuildAndPages(bench: Bench, report: Report): Promise<void> {
  const { endpoint, stores, wire, isQuick } = bench
  const resources = isQuick ? 2000 : 100_000
  await stores.resources('ours', EVENTS, resources, 'views')
  const tableName = await stores.table('ours', 'views')
  const events = meteredClient(endpoint, 1)
  bind(Product, dynamoDBEventStore({ tableName, client: events.client }), { held: 0 })
  const rows: string[][] = []
  const built: Awaited<ReturnType<typeof hostOf>>[] = []
  for (const hosted of [byStatus, restocked]) {
    const host = await hostOf([hosted], { endpoint, wire })
    events.meter.take()
    const took = await timed(() => within(HOUR, () => host.dispatcher.reconcile()))
    await host.builder.maintain()
    const own = host.meter.take()
    const reads = events.meter.take()
    rows.push([
      hosted.view.kind,
      `${figure(took / 1000)} s`,
      figure(Math.round((resources * EVENTS) / (took / 1000))),
      ...[
        (own.requests + reads.requests) / resources,
        (own.readUnits + reads.readUnits) / resources,
        own.writeUnits / resources,
      ].map(figure),
    ])
    built.push(host)
  }
  report.table(
    [
      `build of ${figure(resources)} resources, ${figure(resources * EVENTS)} events`,
      'time',
      'events a second',
      'requests for a resource',
      'read units',
      'write units',
    ],
    rows,
  )
  const [lists] = built
  if (lists) await pages({ ...lists, events, resources, isQuick, tableName }, report)
  for (const { client } of built) client.destroy()
  events.client.destroy()
}

type Host = Awaited<ReturnType<typeof hostOf>>

async function pages(
  {
    reader,
    meter,
    events,
    resources,
    isQuick,
  }: Host & {
    events: ReturnType<typeof meteredClient>
    resources: number
    isQuick: boolean
    tableName: string
  },
  report: Report,
): Promise<void> {
  const rounds = isQuick ? 20 : ROUNDS
  const query = { key: ['available'], limit: PAGE }
  const rows: { name: string; times: number[]; cost: Cost }[] = []
  const measure = async (
    name: string,
    of: typeof meter,
    times: number,
    read: () => Promise<unknown>,
  ) => {
    await read()
    of.take()
    const taken: number[] = []
    for (let round = 0; round < times; round += 1) taken.push(await timed(read))
    const { requests, readUnits, writeUnits } = of.take()
    const cost = {
      requests: requests / times,
      readUnits: readUnits / times,
      writeUnits: writeUnits / times,
    }
    rows.push({ name, times: taken, cost })
  }
  await measure('first page', meter, rounds, () => reader.list(byStatus.name, query))
  await measure('last page, descending', meter, rounds, () =>
    reader.list(byStatus.name, { ...query, descending: true }),
  )
  await measure('page in the middle of the range', meter, rounds, () =>
    reader.list(byStatus.name, { ...query, from: 1 }),
  )
  // Finds as many as a page has by reading all resources, as an app without views does.
  await measure('a scan of all events instead', events.meter, isQuick ? 2 : 3, async () => {
    let found = 0
    for await (const { status } of Product.all()) if (status === 'available') found += 1
    if (found !== resources) throw new Error(`The scan found ${found} of ${resources}`)
  })
  const base = median(rows[0]?.times ?? [])
  report.table(
    [
      `a page of ${PAGE} of ${figure(resources)}`,
      'median',
      '99th percentile',
      'to the first',
      'requests',
      'read units',
    ],
    rows.map(({ name, times, cost }) => [
      name,
      ms(median(times)),
      ms(quantile(times, 0.99)),
      ratio(median(times), base),
      figure(cost.requests),
      figure(cost.readUnits),
    ]),
  )
}

async function hostOf(
  views: readonly HostedView[],
  { endpoint, wire }: Pick<Bench, 'endpoint' | 'wire'>,
) {
  const { client, meter } = meteredClient(endpoint, 1)
  const store = dynamoDBViewStore({ tableName: await viewTable(wire), client })
  const checkpoints = dynamoDBCheckpointStore({ tableName: await checkpointTable(wire), client })
  const builder = new ViewBuilder({ views, store, checkpoints })
  const dispatcher = new Dispatcher({ reactors: await builder.reactors(), checkpoints })
  return { builder, dispatcher, client, meter, reader: new ViewReader({ views, store }) }
}

function viewTable(wire: Wire): Promise<string> {
  return newTable(wire, ['partition', 'S', 'item', 'S'], {
    name: 'byKey',
    keys: ['key', 'S', 'sort', 'S'],
  })
}

function checkpointTable(wire: Wire): Promise<string> {
  return newTable(wire, ['id', 'S', 'reactor', 'S'], {
    name: 'due',
    keys: ['waiting', 'S', 'due', 'N'],
  })
}

/** The names and types of a partition key and a sort key. */
type Keys = readonly [string, string, string, string]

async function newTable(
  wire: Wire,
  keys: Keys,
  index: { readonly name: string; readonly keys: Keys },
): Promise<string> {
  const name = `views-${randomUUID()}`
  const schema = ([hash, , range]: Keys) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ]
  const attributes = ([hash, hashType, range, rangeType]: Keys) => [
    { AttributeName: hash, AttributeType: hashType },
    { AttributeName: range, AttributeType: rangeType },
  ]
  await wire.send('CreateTable', {
    TableName: name,
    KeySchema: schema(keys),
    AttributeDefinitions: [...attributes(keys), ...attributes(index.keys)],
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [
      {
        IndexName: index.name,
        KeySchema: schema(index.keys),
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  })
  return name
}
