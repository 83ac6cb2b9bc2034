import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { command, query, show } from '../../lib/appsync/index.ts'
import { handlerOf } from '../../lib/appsync/resolvers/fields-entry.ts'
import {
  Aggregate,
  type CommitOptions,
  commitTogether,
  type Event,
} from '../../lib/event-sourcing/index.ts'
import { Contract } from '../../lib/infrastructure/domains/contract.ts'
import { compile } from '../support/compile.ts'
import { withDynamoDB } from '../support/dynamodb.ts'

// A class that forgets the limits of the schema's `type Concert` and `type ConcertEvent`.

interface SeatsAdded extends Event {
  readonly type: 'SeatsAdded'
  readonly amount?: number
  readonly status?: string
}

class Concert extends Aggregate<SeatsAdded> {
  quantity = 0
  status = 'available'

  addSeats(amount: number, options?: CommitOptions, status?: string) {
    const event = { type: 'SeatsAdded', amount, ...(status !== undefined && { status }) } as const
    return this.commit(event, options)
  }

  onSeatsAdded({ amount = 0, status = 'available' }: SeatsAdded) {
    this.quantity += amount
    this.status = status
  }
}

interface Input {
  readonly id?: string
  readonly to?: string
  readonly amount: number
  readonly status?: string
  readonly commandId?: string
}

type Args = { readonly input: Input }

const functions = {
  add: command<Concert, Args>(Concert, (concert, { amount, status }, options) =>
    concert.addSeats(amount, options, status),
  ),
  // Forgets the options.
  addBadly: command<Concert, Args>(Concert, (concert, { amount }) => concert.addSeats(amount)),
  // Begins a commit, and does not wait for it.
  addSoon: command<Concert, Args>(Concert, async (concert, { amount }, options) => {
    concert.addSeats(amount, options)
  }),
  // Uses another instance of the resource.
  addApart: command<Concert, Args>(Concert, async ({ id }, { amount }, options) =>
    (await Concert.findOne(id)).addSeats(amount, options),
  ),
  addTwice: command<Concert, Args>(Concert, async (concert, { amount }, options) => {
    await concert.addSeats(amount, options)
    await concert.addSeats(amount, options)
  }),
  nothing: command<Concert, Args>(Concert, async () => {}),
  // A domain's function that knows nothing about the command's resource.
  addElsewhere: command<Concert, Args>(Concert, (_, { to = '', amount }) =>
    new Concert(to).addSeats(amount),
  ),
  move: command<Concert, Args>(Concert, (concert, { to = '', amount }, options) =>
    commitTogether(
      [concert, new Concert(to)],
      () => [
        { type: 'SeatsAdded', amount: -amount },
        { type: 'SeatsAdded', amount },
      ],
      options,
    ),
  ),
  ask: query(Concert, async (concerts, { id }: { readonly id: string }) =>
    show(await concerts.findOne(id)),
  ),
  // Compiles, because it uses the class itself.
  askBadly: ({ id }: { readonly id: string }) => new Concert(id).addSeats(1),
}

const dynamodb = withDynamoDB()
let handler: ReturnType<typeof handlerOf>

beforeAll(async () => {
  const sdl = readFileSync(join(import.meta.dirname, '../app/schema.graphql'), 'utf8')
  const contract = new Contract(sdl).resource('Concert')
  process.env.CONCERT_TABLE = await dynamodb.newTable()
  process.env.AWS_ENDPOINT_URL_DYNAMODB = dynamodb.endpoint
  process.env.AWS_REGION ??= 'us-east-1'
  process.env.AWS_ACCESS_KEY_ID ??= 'test'
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test'
  // The entries that synth generates are not typed either.
  const resources = [{ ...contract, resourceClass: Concert as never }]
  handler = handlerOf({ file: { functions }, resources, builtIn: true })
})

beforeEach(() => {
  for (const level of ['info', 'error'] as const) jest.spyOn(console, level).mockReturnValue()
})
afterEach(() => jest.restoreAllMocks())

const NOWHERE = '2f1d6c1e-7c1b-4c0a-9d53-0f6a1f3f4b1a'

async function run(fieldName: string, input: Input): Promise<unknown> {
  const invocation = { typeName: 'Mutation', fieldName, arguments: { input } }
  return handler(invocation, { getRemainingTimeInMillis: () => 20_000 })
}

async function ask(fieldName: string, id: string): Promise<unknown> {
  const invocation = { typeName: 'Query', fieldName, arguments: { id } }
  return handler(invocation, { getRemainingTimeInMillis: () => 20_000 })
}

async function created(amount: number): Promise<string> {
  const answer = await run('add', { amount })
  const { result } = Object(answer)
  return result.id
}

const notFound = (id: string) => ({ error: { errorType: 'ResourceNotFound', errorInfo: { id } } })

describe('a command creates only its own resource', () => {
  test('without an id, from the options', async () => {
    expect(await run('add', { amount: 1, commandId: 'create' })).toMatchObject({
      result: { version: 1 },
    })
    expect(await run('addBadly', { amount: 1, commandId: 'forgotten' })).toMatchObject({
      error: { errorType: 'ResourceNotFound' },
    })
  })

  test('with an id, none', async () => {
    for (const name of ['add', 'addBadly']) {
      expect(await run(name, { id: NOWHERE, amount: 1 })).toMatchObject(notFound(NOWHERE))
    }
    const id = await created(5)
    expect(await run('move', { id, to: NOWHERE, amount: 1 })).toMatchObject(notFound(NOWHERE))
    expect(await run('addElsewhere', { id, to: NOWHERE, amount: 1 })).toMatchObject(
      notFound(NOWHERE),
    )
    expect(await ask('ask', id)).toMatchObject({ result: { quantity: 5, version: 1 } })
    expect(await ask('concert', NOWHERE)).toEqual({ result: null })
  })

  test('without an id, no other one', async () => {
    const input = { to: NOWHERE, amount: 1, commandId: 'move' }
    expect(await run('move', input)).toMatchObject(notFound(NOWHERE))
  })
})

describe('what the API cannot show is refused, and the resource can still be read', () => {
  test.each([
    ['an event attribute', 2 ** 31, undefined, 'InvalidEvent', { attribute: 'amount' }],
    ['a field of the state', 2 ** 31 - 1, undefined, 'InvalidState', { field: 'quantity' }],
    ['an enum value', 1, 'hidden', 'InvalidState', { field: 'status', value: 'HIDDEN' }],
  ])('%s', async (_, amount, status, errorType, errorInfo) => {
    const id = await created(5)
    const answer = await run('add', { id, amount, ...(status !== undefined && { status }) })
    expect(answer).toMatchObject({ error: { errorType, errorInfo: { id, ...errorInfo } } })
    expect(await ask('concert', id)).toMatchObject({ result: { version: 1, quantity: 5 } })
    expect(await ask('concertEvents', id)).toMatchObject({ result: [{ number: 1 }] })
  })
})

test('a query that commits fails, is logged, and stores nothing', async () => {
  const id = await created(5)
  await expect(ask('askBadly', id)).rejects.toThrow(`A query cannot commit to ${id}`)
  expect(console.error).toHaveBeenCalledWith(
    expect.objectContaining({ error: expect.objectContaining({ name: 'TypeError' }) }),
  )
  expect(await ask('ask', id)).toMatchObject({ result: { version: 1 } })
})

describe('the resources that query passes', () => {
  const use = (call: string) => `
    import { query, show } from '../lib/appsync/index.ts'
    import { Product } from '../lib/shopping/index.ts'
    export const price = query(Product, async (products, { id }: { readonly id: string }) => {
      const product = await products.findOne(id)
      const { items } = await products.findAll({ limit: 2 })
      for await (const { quantity } of products.all()) console.log(quantity)
      await product.events()
      ${call}
      return items.map((item) => show(item).status)
    })`
  const WRITES = {
    'a command': 'await product.restock(1)',
    'a commit': "await product.commit({ type: 'ProductRestocked', amount: 1 })",
    'an applied event':
      "product.apply({ number: 1, created: '', type: 'ProductRestocked', amount: 1 })",
    'a changed field': 'product.quantity = 5',
  }
  const pieces = Object.entries({ 'a read': '', ...WRITES })
  const messages = compile(Object.fromEntries(pieces.map(([name, call]) => [name, use(call)])))

  test('are read', () => {
    expect(messages['a read']).toEqual([])
  })

  test.each(Object.keys(WRITES))('have no commands: %s does not compile', (name) => {
    expect(messages[name]).toHaveLength(1)
  })
})

describe('a mutation whose function', () => {
  let id: string
  beforeEach(async () => {
    id = await created(5)
  })
  const quantity = () => ask('ask', id)

  test('does not wait for its commit ends after the commit', async () => {
    expect(await run('addSoon', { id, amount: 1 })).toMatchObject({
      result: { quantity: 6, version: 2 },
    })
  })

  test('does not wait for its commit fails with it', async () => {
    expect(await run('addSoon', { id: NOWHERE, amount: 1 })).toMatchObject(notFound(NOWHERE))
  })

  test('uses another instance of the resource answers with the new state', async () => {
    expect(await run('addApart', { id, amount: 1 })).toMatchObject({
      result: { quantity: 6, version: 2 },
    })
  })

  test('commits nothing to a resource that does not exist fails', async () => {
    expect(await run('nothing', { id, amount: 1 })).toMatchObject({ result: { quantity: 5 } })
    expect(await run('nothing', { id: NOWHERE, amount: 1 })).toMatchObject(notFound(NOWHERE))
  })

  test('commits twice with its options is told that the second commit would be lost', async () => {
    const twice = run('addTwice', { id, amount: 1, commandId: 'twice' })
    expect(await twice).toMatchObject({ error: { errorType: 'CommandIdReused' } })
    const again = run('addTwice', { id, amount: 1, commandId: 'twice' })
    expect(await again).toMatchObject({ error: { errorType: 'CommandIdReused' } })
    expect(await quantity()).toMatchObject({ result: { quantity: 6 } })
  })

  test('loses the commandId of the client commits nothing', async () => {
    const lost = run('addBadly', { id, amount: 1, commandId: 'lost' })
    await expect(lost).rejects.toThrow("pass the mutation's options to the commit")
    expect(await quantity()).toMatchObject({ result: { quantity: 5 } })
    // Without a commandId, no repetition can be recognized.
    expect(await run('addBadly', { id, amount: 1 })).toMatchObject({ result: { quantity: 6 } })
  })
})

describe('a command of a user', () => {
  const asUser = async (sub: string, input: Input) => {
    const invocation = {
      ...{ typeName: 'Mutation', fieldName: 'add', arguments: { input } },
      ...{ mode: 'User Pool Authorization', identity: { sub, claims: {} } },
    }
    return Object(await handler(invocation, { getRemainingTimeInMillis: () => 20_000 }))
  }

  test('never meets the command of another user or caller with the same commandId', async () => {
    const input = { amount: 1, commandId: 'the same' }
    const answers = [
      await asUser('alice', input),
      await asUser('bob', input),
      Object(await run('add', input)),
      Object(await run('add', { ...input, commandId: 'user:alice the same' })),
    ]
    const ids = answers.map(({ result }) => result.id)
    expect(new Set(ids).size).toBe(4)
    expect((await asUser('alice', input)).result).toEqual(answers[0].result)
    expect(await asUser('alice', { ...input, amount: 2 })).toMatchObject({
      error: { errorType: 'CommandIdReused' },
    })
  })

  test('is another command than that of another user on the same resource', async () => {
    const id = await created(1)
    const input = { id, amount: 1, commandId: 'taken' }
    expect(await asUser('alice', input)).toMatchObject({ result: { version: 2 } })
    expect(await asUser('alice', input)).toMatchObject({ result: { version: 2 } })
    expect(await asUser('bob', input)).toMatchObject({ error: { errorType: 'CommandIdReused' } })
  })

  test('leaves its caller on the event and in the log', async () => {
    const { result } = await asUser('alice', { amount: 1 })
    const answer = await ask('concertEvents', result.id)
    expect(answer).toMatchObject({ result: [{ actor: 'user:alice', owner: 'alice' }] })
    expect(console.info).toHaveBeenCalledWith(
      expect.objectContaining({ about: 'commit', actor: 'user:alice', owner: 'alice' }),
    )
  })
})
