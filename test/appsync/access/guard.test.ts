import { Guard, type Subject } from '../../../lib/appsync/access/guard.ts'
import {
  type AnyRule,
  type Caller,
  everyone,
  group,
  iam,
  or,
  owner,
  rulesOf,
  users,
} from '../../../lib/appsync/index.ts'
import type { ResourceClass } from '../../../lib/appsync/resource-class.ts'
import {
  bind,
  during,
  type EventStore,
  Forbidden,
  InvalidId,
  inMemoryEventStore,
  StoreUnavailable,
} from '../../../lib/event-sourcing/index.ts'
import { Concert } from '../../app/lib/tickets/index.ts'
import { countCalls } from '../../support/counting-store.ts'
import { refusal } from '../../support/refusal.ts'

const MISSING = '2f1d6c1e-7c1b-4c0a-9d53-0f6a1f3f4b1a'
const user = (id: string, ...groups: string[]): Caller => ({ kind: 'user', id, groups, claims: {} })
const CALLERS = {
  key: { kind: 'key' },
  iam: { kind: 'iam', arn: 'arn:aws:iam::1:role/clerk' },
  alice: user('alice'),
  bob: user('bob'),
  staff: user('sue', 'night', 'staff'),
} satisfies Record<string, Caller>
type Name = keyof typeof CALLERS

const hasSeats = (_: Caller, { quantity }: Concert) => quantity > 0

/** Each rule, and the callers that it allows for alice's, bob's and a missing concert. */
const RULES: Record<string, [AnyRule, Record<'alices' | 'bobs' | 'missing', Name[]>]> = {
  everyone: [everyone, same('key', 'iam', 'alice', 'bob', 'staff')],
  users: [users, same('alice', 'bob', 'staff')],
  iam: [iam, same('iam')],
  group: [group('staff'), same('staff')],
  owner: [owner, { alices: ['alice'], bobs: ['bob'], missing: [] }],
  'group or owner': [
    or(group('staff'), owner),
    { alices: ['alice', 'staff'], bobs: ['bob', 'staff'], missing: ['staff'] },
  ],
  nested: [
    or(or(iam, group('night')), or(owner, group('none'))),
    {
      alices: ['iam', 'alice', 'staff'],
      bobs: ['iam', 'bob', 'staff'],
      missing: ['iam', 'staff'],
    },
  ],
  'of the state': [
    hasSeats,
    { alices: ['key', 'iam', 'alice', 'bob', 'staff'], bobs: [], missing: [] },
  ],
  'of the caller': [
    ({ kind }: Caller) => kind === 'key',
    { alices: ['key'], bobs: ['key'], missing: [] },
  ],
  'not quite true': [(() => 1) as never, same()],
  'that throws a refusal': [
    or(() => {
      throw new Forbidden('no')
    }, owner),
    { alices: ['alice'], bobs: ['bob'], missing: [] },
  ],
}

function same(...names: Name[]) {
  return { alices: names, bobs: names, missing: names }
}

const ONE: Subject = { resource: 'Concert', kind: 'one' }

function guard(rule: AnyRule, { subject = ONE, keyMayAll = false } = {}): Guard {
  return new Guard({
    rules: { field: rule },
    subjects: { field: subject },
    classes: new Map([['Concert', Concert as unknown as ResourceClass]]),
    keyMayAll,
  })
}

let ids: Record<'alices' | 'bobs' | 'missing', string>
let store: EventStore
let calls: ReturnType<typeof countCalls>

beforeEach(async () => {
  store = inMemoryEventStore()
  calls = countCalls(store)
  bind(Concert, store, { held: 0 })
  const made = async (owner: string, reserved: number) => {
    const concert = new Concert()
    const work = () => concert.addSeats(1, { creates: true })
    await during('command', work, { actor: `user:${owner}` })
    for (let count = 0; count < reserved; count += 1) await concert.reserve()
    return concert.id
  }
  ids = { alices: await made('alice', 0), bobs: await made('bob', 1), missing: MISSING }
})

describe.each(Object.entries(RULES))('the rule %s', (_, [rule, allowed]) => {
  test.each(['alices', 'bobs', 'missing'] as const)('allows exactly these: %s', async (which) => {
    for (const args of [{ id: ids[which] }, { input: { id: ids[which].toUpperCase() } }]) {
      const outcomes = await Promise.all(
        Object.entries(CALLERS).map(async ([name, caller]) => {
          const outcome = guard(rule).permit('field', caller, args)
          return (await outcome.then(() => true, isForbidden)) ? [name] : []
        }),
      )
      expect(outcomes.flat()).toEqual(allowed[which])
    }
  })
})

function isForbidden(error: unknown): boolean {
  if (error instanceof Forbidden) return false
  throw error
}

test('the answer is the same for a missing resource and for somebody else’s', async () => {
  const errors = await Promise.all(
    [ids.alices, MISSING].map((id) =>
      refusal(guard(owner).permit('field', CALLERS.bob, { id }), Forbidden),
    ),
  )
  expect(errors.map(({ message, data }) => ({ message, data }))).toEqual(
    Array(2).fill({
      message: 'You may not call field, or not for this resource, or the resource does not exist',
      data: {},
    }),
  )
})

test('a history that cannot be read does not tell that it exists', async () => {
  const store = inMemoryEventStore()
  bind(Concert, store)
  const event = { id: MISSING, number: 2, type: 'SeatsAdded', created: '2030-01-01T00:00:00.000Z' }
  await store.append({ ...event, meta: { commandId: 'a', owner: 'alice' } })
  const log = jest.spyOn(console, 'error').mockReturnValue()
  await refusal(guard(owner).permit('field', CALLERS.bob, { id: MISSING }), Forbidden)
  expect(log).toHaveBeenCalledWith(expect.objectContaining({ code: 'CorruptHistory', id: MISSING }))
  log.mockRestore()
})

test('a store that does not answer is reported as such', async () => {
  const store = inMemoryEventStore()
  const history = () => {
    throw new StoreUnavailable('down')
  }
  bind(Concert, Object.assign(store, { history }))
  const permission = guard(owner).permit('field', CALLERS.bob, { id: MISSING })
  await refusal(permission, StoreUnavailable)
})

test('a malformed id is named', async () => {
  await refusal(guard(owner).permit('field', CALLERS.bob, { id: 'x' }), InvalidId)
})

test('an owner may create, and sees only the own resources in pages and feeds', async () => {
  expect(await guard(owner).permit('field', CALLERS.alice, { input: {} })).toEqual({
    owner: undefined,
  })
  await refusal(guard(owner).permit('field', CALLERS.iam, { input: {} }), Forbidden)
  for (const kind of ['page', 'feed'] as const) {
    const subject = { resource: 'Concert', kind }
    const permitted = (rule: AnyRule, caller: Caller) =>
      guard(rule, { subject }).permit('field', caller, { id: ids.alices })
    expect(await permitted(owner, CALLERS.bob)).toEqual({ owner: 'bob' })
    const mixed = or(group('staff'), owner)
    expect(await permitted(mixed, CALLERS.staff)).toEqual({ owner: undefined })
    expect(await permitted(mixed, CALLERS.alice)).toEqual({ owner: 'alice' })
    await refusal(permitted(owner, CALLERS.key), Forbidden)
  }
})

test('an owner asks a view only for the own key, which is the default', async () => {
  const permitted = (caller: Caller, args: object) =>
    guard(or(owner, iam), { subject: { kind: 'view' } }).permit('field', caller, args)
  for (const args of [{}, { owner: null }, { owner: 'alice' }]) {
    expect(await permitted(CALLERS.alice, args)).toEqual({ owner: 'alice' })
  }
  await refusal(permitted(CALLERS.alice, { owner: 'bob' }), Forbidden)
  await refusal(permitted(CALLERS.key, { owner: 'alice' }), Forbidden)
  expect(await permitted(CALLERS.iam, { owner: 'bob' })).toEqual({ owner: undefined })
})

test('the holder of a key may do everything only where the function says so', async () => {
  const all = guard(owner, { keyMayAll: true })
  expect(await all.permit('field', CALLERS.key, { id: MISSING })).toEqual({ owner: undefined })
  await refusal(all.permit('field', CALLERS.iam, { id: ids.alices }), Forbidden)
  await refusal(guard(users).permit('field', CALLERS.key, {}), Forbidden)
})

test('a field without a rule is refused, whatever its name', async () => {
  for (const field of ['other', 'toString', '__proto__', 'constructor']) {
    await refusal(guard(everyone).permit(field, CALLERS.staff, {}), Forbidden)
  }
})

test('a rule about the caller reads no resource, and a rule about the owner reads it once', async () => {
  const before = calls.history
  await guard(or(owner, group('staff'))).permit('field', CALLERS.staff, { id: ids.alices })
  expect(calls.history).toBe(before)
  await guard(or(owner, group('staff'))).permit('field', CALLERS.alice, { id: ids.alices })
  expect(calls.history).toBe(before + 1)
})

test('a refusal reads a cached resource of somebody else as often as a missing one', async () => {
  const { alice, bob } = CALLERS
  bind(Concert, store)
  await guard(owner).permit('field', alice, { id: ids.alices })
  const readsFor = async (id: string) => {
    const before = calls.history
    await refusal(guard(owner).permit('field', bob, { id }), Forbidden)
    return calls.history - before
  }
  expect(await readsFor(ids.alices)).toBe(1)
  expect(await readsFor(MISSING)).toBe(1)
})

test('a rule gets the caller, the up-to-date resource and the input', async () => {
  const seen: unknown[] = []
  const rule = async (...args: unknown[]) => seen.push(args) > 0
  const input = { id: ids.bobs, quantity: 2 }
  await guard(rule).permit('field', CALLERS.bob, { input })
  await guard(rule).permit('field', CALLERS.bob, { id: ids.bobs, after: 1 })
  await guard(rule).permit('field', CALLERS.bob, { input: {} })
  const resource = expect.objectContaining({ id: ids.bobs, version: 2, quantity: 0 })
  expect(seen).toEqual([
    [CALLERS.bob, resource, input],
    [CALLERS.bob, resource, { id: ids.bobs, after: 1 }],
    [CALLERS.bob, undefined, {}],
  ])
})

test('a file of rules exports one object of rules', () => {
  expect(rulesOf({ access: { a: everyone, b: or(users, iam), c: () => true } })).toHaveProperty('b')
  expect(() => rulesOf({})).toThrow('access.ts must export one object')
  expect(() => rulesOf({ a: {}, b: {} })).toThrow('it exports a, b')
  for (const rule of ['users', null, { anyOf: [users, 'x'] }]) {
    expect(() => rulesOf({ access: { a: rule } })).toThrow(
      'The rule of a must be everyone, users, iam, group(…), owner',
    )
  }
})
