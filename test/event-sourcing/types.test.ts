import { compile } from '../support/compile.ts'

const EVENTS = `
  import { Aggregate, bind, commitTogether, type Event, type EventHandlers, inMemoryEventStore, type Uncommitted } from '../lib/event-sourcing/index.ts'
  import { given } from '../lib/event-sourcing/testing/index.ts'
  interface Opened extends Event { readonly type: 'Opened'; readonly by: string }
  interface Closed extends Event { readonly type: 'Closed' }
  type DoorEvent = Opened | Closed
`
const DOOR = `${EVENTS}
  export class Door extends Aggregate<DoorEvent> implements EventHandlers<DoorEvent> {
    onOpened(_event: Opened) {}
    onClosed() {}
  }
  bind(Door, inMemoryEventStore())
  const door = new Door()
  interface Lit extends Event { readonly type: 'Lit'; readonly watts: number }
  export class Lamp extends Aggregate<Lit> implements EventHandlers<Lit> { watts = 0; onLit() {} }
  const lamp = new Lamp()
`

const COMPILES = {
  'a complete aggregate': `${DOOR}
    export const open = () => door.commit({ type: 'Opened', by: 'me' })
    export const close = () => door.commit(() => ({ type: 'Closed', number: 2 }))
    export const nothing = () => door.commit(() => undefined)
    export const refusing = () => door.commit(() => { throw new Error('locked') })
    export const either = () => door.commit(({ version }) => {
      if (version === 0) return undefined
      return version > 1 ? { type: 'Closed' } : { type: 'Opened', by: 'me' }
    })
    const closing = (): Uncommitted<Closed> => ({ type: 'Closed' })
    export const made = () => door.commit(({ version }) => version > 0 ? [closing()] : closing())
    export const found: Promise<Door> = Door.findOne('x')
    export const first = async () => (await Door.findAll({ limit: 1 })).items[0]?.onClosed()
    export const types = async () => (await door.events()).map((event) => event.type === 'Opened' ? event.by : '')
    export const scenario = given(Door, [{ type: 'Closed' }]).when((it) => it.onClosed())`,
  'several events, several resources': `${DOOR}
    export const twice = () => door.commit([{ type: 'Opened', by: 'me' }, { type: 'Closed' }])
    export const both = async () => {
      const [opened, lit] = await commitTogether([door, lamp], ([, { watts }]) =>
        watts > 0 ? [{ type: 'Closed' }, undefined] : [[{ type: 'Closed' }], { type: 'Lit', watts: 5 }])
      return [opened[0]?.type === 'Opened', lit[0]?.watts]
    }
    export const guarded = () => door.commit(() => ({ type: 'Closed' }), { reads: [lamp], commandId: 'c' })
    export const read = () => door.commit((_, { watts }, other) => ({ type: 'Opened', by: other.id + watts }),
      { reads: [lamp, door] })`,
}

const DOES_NOT = {
  'a missing handler with implements': `${EVENTS}
    export class Door extends Aggregate<DoorEvent> implements EventHandlers<DoorEvent> {
      onOpened(_event: Opened) {}
    }`,
  'a missing handler without implements': `${EVENTS}
    class Door extends Aggregate<DoorEvent> { onOpened(_event: Opened) {} }
    export const found = Door.findOne('x')`,
  'a misspelt handler': `${EVENTS}
    class Door extends Aggregate<DoorEvent> { onOpened(_event: Opened) {}; onCloesd() {} }
    export const page = Door.findAll()`,
  'a handler that takes another event': `${EVENTS}
    export class Door extends Aggregate<DoorEvent> implements EventHandlers<DoorEvent> {
      onOpened(_event: Closed & { readonly why: number }) {}
      onClosed() {}
    }`,
  'a wrong payload': `${DOOR} export const open = () => door.commit({ type: 'Opened', by: 1 })`,
  'a missing attribute': `${DOOR} export const open = () => door.commit({ type: 'Opened' })`,
  'a stray attribute': `${DOOR} export const close = () => door.commit({ type: 'Closed', by: 'me' })`,
  'a stray attribute in a decision': `${DOOR}
    export const close = () => door.commit(() => ({ type: 'Closed', by: 'me' }))`,
  'a stray attribute in a list': `${DOOR}
    export const close = () => door.commit(() => [{ type: 'Opened', by: 'me' }, { type: 'Closed', why: 'x' }])`,
  'a stray attribute in one of several results': `${DOOR}
    export const close = () => door.commit(({ version }) => {
      if (version === 0) return undefined
      return version > 1 ? { type: 'Closed', why: 'x' } : { type: 'Opened', by: 'me' }
    })`,
  'a stray attribute of one of several resources': `${DOOR}
    export const both = () => commitTogether([door, lamp], () => [{ type: 'Closed', why: 'x' }, undefined])`,
  'an unknown type': `${DOOR} export const lock = () => door.commit({ type: 'Locked' })`,
  'a decision for a missing attribute': `${DOOR}
    export const open = () => door.commit(() => ({ type: 'Opened' }))`,
  'an async decision': `${DOOR}
    export const close = () => door.commit(async () => ({ type: 'Closed' }))`,
  'a rule that takes more resources than it reads': `${DOOR}
    export const close = () => door.commit((_, read) => (read.version > 0 ? { type: 'Closed' } : undefined))`,
  'an event of another resource': `${DOOR}
    export const both = () => commitTogether([door, lamp], () => [undefined, { type: 'Closed' }])`,
  'a resource without an entry': `${DOOR}
    export const both = () => commitTogether([door, lamp], () => [{ type: 'Closed' }])`,
  'a bound class without a handler': `${EVENTS}
    class Door extends Aggregate<DoorEvent> { onOpened(_event: Opened) {} }
    bind(Door, inMemoryEventStore())`,
  'a date in an event': `${EVENTS}
    interface Dated extends Event { readonly type: 'Dated'; readonly when: Date }
    class Diary extends Aggregate<Dated> { onDated(_event: Dated) {} }
    bind(Diary, inMemoryEventStore())`,
  'a function within an event': `${EVENTS}
    interface Made extends Event { readonly type: 'Made'; readonly parts: readonly { readonly make: () => void }[] }
    class Machine extends Aggregate<Made> { onMade(_event: Made) {} }
    bind(Machine, inMemoryEventStore())`,
  'a misspelt static with override': `${EVENTS}
    export class Lamp extends Aggregate<Closed> implements EventHandlers<Closed> {
      static override readonly upcaster = {}
      onClosed() {}
    }`,
  'upcasters without override': `${EVENTS}
    export class Lamp extends Aggregate<Closed> implements EventHandlers<Closed> {
      static readonly upcasters = {}
      onClosed() {}
    }`,
  'a change of the version': `${DOOR} door.version = 7`,
  'a wrong event in a scenario': `${DOOR} export const scenario = given(Door, [{ type: 'Opened' }])`,
}

const messages = compile({ ...COMPILES, ...DOES_NOT })

test.each(Object.keys(COMPILES))('%s compiles', (name) => {
  expect(messages[name]).toEqual([])
})

test.each(Object.keys(DOES_NOT))('%s does not compile', (name) => {
  expect(messages[name]).toHaveLength(1)
})

test.each<[keyof typeof DOES_NOT, string]>([
  ['a bound class without a handler', "Property 'onClosed' is missing in type 'Door'"],
  ['a missing handler without implements', "Property 'onClosed' is missing"],
  ['a date in an event', 'when is not JSON'],
  ['a function within an event', 'parts is not JSON'],
  ['a misspelt static with override', "'override' modifier"],
  ['upcasters without override', "'override' modifier"],
  ['a missing attribute', "'by'"],
  ['a missing attribute', 'NewEvent<Opened>'],
  ['a stray attribute', "'by' does not exist"],
  ['a stray attribute in a decision', 'Closed has no attribute by'],
  ['a stray attribute in a list', 'Closed has no attribute why'],
  ['a stray attribute in one of several results', 'Closed has no attribute why'],
  ['a stray attribute of one of several resources', 'Closed has no attribute why'],
])('the message about %s names %s', (name, words) => {
  expect(messages[name]?.[0]).toContain(words)
})
