import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { Guard } from '../../lib/appsync/access/guard.ts'
import { type AnyRule, group, or, owner, users } from '../../lib/appsync/access/rules.ts'
import { command, fieldsOf, resolverHandler } from '../../lib/appsync/index.ts'
import { presentAs } from '../../lib/appsync/resolvers/presentation.ts'
import type { ResourceClass } from '../../lib/appsync/resource-class.ts'
import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import { startDynamoDB } from '../../lib/local/dynamodb/index.ts'
import { Concert } from '../../test/app/lib/tickets/index.ts'
import { countCalls } from '../../test/support/counting-store.ts'
import { createTable } from '../../test/support/create-table.ts'

/** The cost of a rule for one kind of call. */
export interface RuleCost {
  readonly call: 'command' | 'query'
  /** Whether the function has cached the resource. */
  readonly isCached: boolean
  readonly rule: string
  /** The median time in the function, in microseconds. */
  readonly time: number
  /** The requests to the store for a call. */
  readonly requests: number
}

const ROUNDS = 80
const WARM_UP = 15
const TABLE = 'Concerts'
const LONG = { getRemainingTimeInMillis: () => 30_000 }
const RULES: Readonly<Record<string, AnyRule | undefined>> = {
  'no rule': undefined,
  users,
  "group('crew')": group('crew'),
  owner,
  "or(group('staff'), owner)": or(group('staff'), owner),
}
/** A user in a group, who owns all resources. */
const CALLER = {
  mode: 'User Pool Authorization',
  identity: { sub: 'alice', groups: ['crew'], claims: { sub: 'alice' } },
}

/** Creates the resources, so that the function under test has not cached them. */
class Creator extends Concert {}

interface Seats {
  readonly input: { readonly amount: number }
}

const fields = fieldsOf({
  fields: {
    createSeats: command<Creator, Seats>(Creator, (concert, { amount }, options) =>
      concert.addSeats(amount, options),
    ),
    addSeats: command<Concert, Seats>(Concert, (concert, { amount }, options) =>
      concert.addSeats(amount, options),
    ),
    concert: ({ id }: { id: string }) => Concert.findOne(id),
  },
})

function handlerWith(rule: AnyRule | undefined) {
  if (rule === undefined) return resolverHandler(fields)
  const subject = { resource: 'Concert', kind: 'one' } as const
  const guard = new Guard({
    rules: { addSeats: rule, concert: rule },
    subjects: { addSeats: subject, concert: subject },
    classes: new Map([['Concert', Concert as unknown as ResourceClass]]),
    keyMayAll: false,
  })
  return resolverHandler(fields, guard)
}

/**
 * Measures commands and queries of an owner under each rule, in turn and one after the other, on the
 * emulator.
 */
export async function ruleCosts(): Promise<readonly RuleCost[]> {
  const dynamodb = await startDynamoDB()
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({
    endpoint: dynamodb.endpoint,
    region: 'us-east-1',
    credentials,
  })
  // The log of each commit would be most of the time.
  const { info } = console
  console.info = () => {}
  try {
    await createTable(client, TABLE, { stream: false })
    const store = dynamoDBEventStore({ tableName: TABLE, client })
    const calls = countCalls(store)
    for (const resourceClass of [Creator, Concert]) {
      bind(resourceClass, store)
      presentAs(resourceClass, { fields: ['id', 'version', 'quantity'], enums: [] })
    }
    return await measured(() => calls.append + calls.history)
  } finally {
    console.info = info
    client.destroy()
    await dynamodb.stop()
  }
}

async function measured(requests: () => number): Promise<readonly RuleCost[]> {
  const create = handlerWith(undefined)
  const kinds = (['command', 'query'] as const).flatMap((call) =>
    [false, true].flatMap((isCached) =>
      Object.entries(RULES).map(([rule, value]) => ({
        ...{ call, isCached, rule, handler: handlerWith(value) },
        times: [] as number[],
        requests: 0,
      })),
    ),
  )
  const addTo = (fieldName: string, id: string | undefined) => ({
    ...CALLER,
    typeName: 'Mutation',
    fieldName,
    arguments: {
      input: { amount: 1, ...(id === undefined ? { commandId: randomUUID() } : { id }) },
    },
  })
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    for (const kind of kinds) {
      const created = await create(addTo('createSeats', undefined), LONG)
      const { result }: { result: { id: string } } = JSON.parse(JSON.stringify(created))
      const added = addTo('addSeats', result.id)
      if (kind.isCached) await create(added, LONG)
      const asked = { typeName: 'Query', fieldName: 'concert', arguments: { id: result.id } }
      const before = requests()
      const began = performance.now()
      const answer = await kind.handler(
        kind.call === 'command' ? added : { ...CALLER, ...asked },
        LONG,
      )
      const time = performance.now() - began
      if ('error' in answer) throw new Error(JSON.stringify(answer.error))
      if (round < WARM_UP) continue
      kind.times.push(time * 1000)
      kind.requests += requests() - before
    }
  }
  return kinds.map(({ call, isCached, rule, times, requests: all }) => ({
    ...{ call, isCached, rule, time: median(times), requests: all / ROUNDS },
  }))
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
