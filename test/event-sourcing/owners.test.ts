import {
  Aggregate,
  bind,
  type CommitOptions,
  commitTogether,
  during,
  dynamoDBEventStore,
  type Event,
  findOwner,
  InvalidArgument,
  inMemoryEventStore,
  ownerOf,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { countCalls } from '../support/counting-store.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { eventually } from '../support/eventually.ts'
import { refusal } from '../support/refusal.ts'
import { withStores } from '../support/stores.ts'

/** Runs work as a caller's command. */
function as<T>(actor: string | undefined, work: () => Promise<T>): Promise<T> {
  return during('command', work, { actor })
}

interface Written extends Event {
  readonly type: 'Written'
  readonly to: string
}

/** A letter belongs to the person to whom it is addressed, once it is addressed. */
class Letter extends Aggregate<Written> {
  static override readonly ownedBy = (letter: Letter) => letter.to || undefined
  to = ''
  write(to: string, options?: CommitOptions) {
    return this.commit({ type: 'Written', to }, options)
  }
  onWritten({ to }: Written) {
    this.to = to
  }
}

const metas = async (resource: Concert | Letter) =>
  (await resource.events()).flatMap(({ meta }) => meta ?? [])

describe.each(withStores({ owners: true }))('owners %s', (_, emptyStore) => {
  beforeEach(async () => bind(Concert, await emptyStore()))

  test('an event has its caller, and the owner is the user who caused the first event', async () => {
    const concert = new Concert()
    await as('user:alice', () => concert.addSeats(2, { creates: true }))
    await as('user:bob', () => concert.reserve())
    await as('iam:arn:aws:iam::1:role/clerk', () => concert.reserve())
    expect(await metas(concert)).toEqual([
      expect.objectContaining({ actor: 'user:alice', owner: 'alice', isNewOwner: true }),
      expect.objectContaining({ actor: 'user:bob', owner: 'alice' }),
      expect.objectContaining({ actor: 'iam:arn:aws:iam::1:role/clerk', owner: 'alice' }),
    ])
    expect((await metas(concert)).slice(1)).not.toContainEqual(
      expect.objectContaining({ isNewOwner: true }),
    )
    expect(ownerOf(concert)).toBe('alice')
    expect(await findOwner(Concert, concert.id)).toBe('alice')
  })

  test('nobody owns a resource whose first event no user caused', async () => {
    const [byKey, byCode] = [new Concert(), new Concert()]
    await as('key', () => byKey.addSeats(1, { creates: true }))
    await byCode.addSeats(1)
    await as('user:alice', () => byCode.addSeats(1))
    expect(await metas(byKey)).toEqual([expect.not.objectContaining({ owner: expect.anything() })])
    expect(await Promise.all([byKey, byCode].map(({ id }) => findOwner(Concert, id)))).toEqual([
      undefined,
      undefined,
    ])
    expect(await findOwner(Concert, new Concert().id)).toBeUndefined()
  })

  test('a commit of several resources keeps the owner of each, and a new one is the caller’s', async () => {
    const [old, fresh] = [new Concert(), new Concert()]
    await as('user:alice', () => old.addSeats(2, { creates: true }))
    await as('user:bob', () =>
      commitTogether([old, fresh], () => [
        { type: 'SeatsAdded', amount: 1 },
        [
          { type: 'SeatsAdded', amount: 1 },
          { type: 'SeatsAdded', amount: 1 },
        ],
      ]),
    )
    expect((await metas(old)).map(({ owner }) => owner)).toEqual(['alice', 'alice'])
    expect((await metas(fresh)).map(({ owner, isNewOwner }) => [owner, isNewOwner])).toEqual([
      ['bob', true],
      ['bob', undefined],
    ])
  })

  test('the pages of an owner are full and have only the resources of the owner', async () => {
    for (const owner of ['alice', 'bob', 'alice', 'alice', 'bob', 'alice', 'alice']) {
      await as(`user:${owner}`, () => new Concert().addSeats(1))
    }
    await new Concert().addSeats(1)
    const first = await eventually(async () => {
      const page = await Concert.findAll({ owner: 'alice', limit: 2 })
      return page.items.length === 2 && page.nextToken ? page : undefined
    })
    const ids = first.items.map(({ id }) => id)
    let nextToken = first.nextToken
    const sizes = [2]
    while (nextToken) {
      const page = await Concert.findAll({ owner: 'alice', limit: 2, nextToken })
      sizes.push(page.items.length)
      ids.push(...page.items.map(({ id }) => id))
      nextToken = page.nextToken
    }
    expect(sizes).toEqual([2, 2, 1])
    expect(ids).toEqual([...new Set(ids)].sort())
    const owners = await Promise.all(ids.map((id) => findOwner(Concert, id)))
    expect(owners).toEqual(Array(5).fill('alice'))
    expect((await Concert.findAll({ owner: 'carol' })).items).toEqual([])
    for (const other of ['bob', undefined]) {
      const token = first.nextToken
      const page = Concert.findAll({ owner: other, nextToken: token })
      await refusal(page, InvalidArgument)
    }
  })

  test('the class can name the owner, who changes with the state', async () => {
    bind(Letter, await emptyStore())
    const letter = new Letter()
    await as('user:alice', () => letter.write('', { creates: true }))
    expect(await findOwner(Letter, letter.id)).toBe('alice')
    const mine = (owner: string) => async () => {
      const { items } = await Letter.findAll({ owner })
      return items.some(({ id }) => id === letter.id) || undefined
    }
    await eventually(mine('alice'))
    await as('user:alice', () => letter.write('bob'))
    await eventually(mine('bob'))
    expect(await findOwner(Letter, letter.id)).toBe('bob')
    expect(await mine('alice')()).toBeUndefined()
    await as('user:bob', () => letter.write('alice'))
    expect((await Letter.findAll({ owner: 'alice' })).items).toHaveLength(1)
    expect((await metas(letter)).map(({ owner, isNewOwner }) => [owner, isNewOwner])).toEqual([
      ['alice', true],
      ['bob', true],
      ['alice', true],
    ])
  })

  test('an owner that is no user’s id is refused before anything is written', async () => {
    bind(Letter, await emptyStore())
    const letter = new Letter()
    const error = await refusal(letter.write('x'.repeat(513)), InvalidArgument)
    expect(String(error)).toContain('ownedBy must be the id of a user')
    expect(await letter.events()).toEqual([])
  })
})

test('the owner of a cached resource costs no request, unless the class names the owner', async () => {
  const store = inMemoryEventStore()
  const calls = countCalls(store)
  bind(Concert, store)
  bind(Letter, store)
  const [concert, letter] = [new Concert(), new Letter()]
  await as('user:alice', () => concert.addSeats(1, { creates: true }))
  await as('user:alice', () => letter.write('bob', { creates: true }))
  const before = calls.history
  expect(await findOwner(Concert, concert.id)).toBe('alice')
  expect(calls.history).toBe(before)
  expect(await findOwner(Letter, letter.id)).toBe('bob')
  expect(calls.history).toBe(before + 1)
})

const dynamodb = withDynamoDB()

test('an owner’s list reads nothing of other owners', async () => {
  const requests: string[] = []
  const { client } = dynamodb
  const tableName = await dynamodb.newTable({ owners: true })
  bind(Concert, dynamoDBEventStore({ tableName, client }), { held: 0 })
  const mine: string[] = []
  for (let number = 0; number < 30; number += 1) {
    const concert = new Concert()
    const owner = number % 10 === 0 ? 'alice' : 'bob'
    if (owner === 'alice') mine.push(concert.id)
    await as(`user:${owner}`, () => concert.addSeats(1, { creates: true }))
  }
  const store = dynamoDBEventStore({ tableName, client })
  const { history, scan } = store
  Object.assign(store, {
    history: (...args: Parameters<typeof history>) => {
      requests.push(args[0])
      return history(...args)
    },
    scan: (...args: Parameters<typeof scan>) => {
      requests.push('everything')
      return scan(...args)
    },
  })
  bind(Concert, store, { held: 0 })
  await eventually(async () => {
    requests.length = 0
    const { items } = await Concert.findAll({ owner: 'alice', limit: 100 })
    return items.length === mine.length || undefined
  })
  expect(requests).toEqual(mine.sort())
})
