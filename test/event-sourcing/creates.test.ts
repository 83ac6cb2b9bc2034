import {
  Aggregate,
  bind,
  type CommandOptions,
  type CommitOptions,
  commitTogether,
  during,
  type Event,
  inMemoryEventStore,
  ResourceNotFound,
} from '../../lib/event-sourcing/index.ts'
import { refusal } from '../support/refusal.ts'

interface Credited extends Event {
  readonly type: 'Credited'
  readonly amount: number
}

class Account extends Aggregate<Credited> {
  balance = 0

  credit(amount: number, options?: CommitOptions) {
    return this.commit(() => ({ type: 'Credited', amount }), options)
  }

  onCredited({ amount }: Credited) {
    this.balance += amount
  }
}

let account: Account

beforeEach(async () => {
  bind(Account, inMemoryEventStore())
  account = new Account()
  await account.credit(10)
})

/** Moves money between accounts. */
function transfer(from: Account, to: Account, options?: CommandOptions) {
  const decide = () =>
    [
      { type: 'Credited', amount: -5 },
      { type: 'Credited', amount: 5 },
    ] as const
  return commitTogether([from, to], decide, options)
}

async function nothingIsStored(id: string) {
  expect(await new Account(id).events()).toEqual([])
  expect(await Account.findOne(account.id)).toMatchObject({ balance: 10, version: 1 })
}

describe('a resource that was made with an id, and has no events', () => {
  test.each(['command', 'reaction'] as const)('gets no events in a %s', async (work) => {
    const { data } = await refusal(
      during(work, () => new Account('mistyped').credit(5)),
      ResourceNotFound,
    )
    expect(data).toEqual({ id: 'mistyped' })
    await nothingIsStored('mistyped')
  })

  test.each([
    ['the second', () => transfer(account, new Account('mistyped'))],
    ['the first', () => transfer(new Account('mistyped'), account)],
    ['with creates: false', () => transfer(account, new Account('mistyped'), { creates: false })],
    [
      'with a list of others',
      () => transfer(account, new Account('mistyped'), { creates: [account] }),
    ],
  ])('gets no events in commitTogether: %s', async (_, attempt) => {
    const { data } = await refusal(attempt(), ResourceNotFound)
    expect(data).toEqual({ id: 'mistyped' })
    await nothingIsStored('mistyped')
  })

  test('is created by a commit in a script', async () => {
    await new Account('own id').credit(5)
    expect(await Account.findOne('own id')).toMatchObject({ balance: 5 })
  })

  test.each([
    ['true', () => true],
    ['a list', (to: Account) => [to]],
  ])('is created if creates is %s', async (_, creates) => {
    const to = new Account('own id')
    await during('command', () => transfer(account, to, { creates: creates(to) }))
    expect(await Account.findOne('own id')).toMatchObject({ balance: 5 })
    const another = new Account('another id')
    await during('reaction', () => another.credit(1, { creates: creates(another) }))
    expect(await Account.findOne('another id')).toMatchObject({ balance: 1 })
  })

  test('fails before the rules decide if creates is false', async () => {
    const decide = jest.fn()
    await refusal(new Account('mistyped').commit(decide, { creates: false }), ResourceNotFound)
    expect(decide).not.toHaveBeenCalled()
  })

  test('may be part of a commit that writes nothing to it', async () => {
    const seen: number[] = []
    await commitTogether([account, new Account('mistyped')], ([, { version }]) => {
      seen.push(version)
      return [{ type: 'Credited', amount: 1 }, undefined]
    })
    await during('command', () =>
      account.commit((_, { version }) => ({ type: 'Credited', amount: version + 1 }), {
        reads: [new Account('mistyped')],
      }),
    )
    expect(seen).toEqual([0])
    expect(await Account.findOne(account.id)).toMatchObject({ balance: 12 })
  })
})

test.each(['command', 'reaction'] as const)(
  'a resource that was made without an id is created in a %s',
  async (work) => {
    const fresh = new Account()
    await during(work, () => transfer(account, fresh))
    expect(await Account.findOne(fresh.id)).toMatchObject({ balance: 5 })
  },
)

test('a repeated command returns its events, although it may create nothing', async () => {
  const to = new Account('own id')
  const options = { commandId: 'c', command: 'transfer' }
  const committed = await transfer(account, to, { ...options, creates: true })
  expect(await transfer(account, new Account('own id'), options)).toEqual(committed)
})

describe('in a query', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['commit', () => account.credit(1)],
    ['commitTogether', () => transfer(account, new Account())],
  ])('%s throws, and nothing is stored', async (_, attempt) => {
    const error = await refusal(during('query', attempt), TypeError)
    expect(error.message).toBe(
      `A query cannot commit to ${account.id}: its function may only read. Use a mutation`,
    )
    expect(await account.events()).toHaveLength(1)
  })

  test('resources are read', async () => {
    expect(await during('query', () => Account.findOne(account.id))).toMatchObject({ balance: 10 })
  })
})
