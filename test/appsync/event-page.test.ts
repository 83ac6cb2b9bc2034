import { eventPage } from '../../lib/appsync/resolvers/event-page.ts'
import {
  Aggregate,
  bind,
  type Event,
  type EventHandlers,
  inMemoryEventStore,
} from '../../lib/event-sourcing/index.ts'
import { type Calls, countCalls } from '../support/counting-store.ts'

interface Noted extends Event {
  readonly type: 'Noted'
  readonly note: string
}

class Note extends Aggregate<Noted> implements EventHandlers<Noted> {
  onNoted() {}
}

/** What a function may answer. */
const SIX_MB = 6 * 1024 * 1024

let calls: Calls
beforeEach(() => {
  const store = inMemoryEventStore()
  calls = countCalls(store)
  bind(Note, store)
})

async function noted(count: number, size: number): Promise<Note> {
  const note = new Note()
  for (let number = 1; number <= count; number += 1) {
    await note.commit({ type: 'Noted', note: 'x'.repeat(size) })
  }
  calls.history = 0
  return note
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

test('events as large as they can be come in pages that a function can answer with, all of them', async () => {
  const note = await noted(40, 390_000)
  const numbers: number[] = []
  for (;;) {
    const page = await eventPage(note, { after: numbers.length, limit: 1000 })
    if (page.length === 0) break
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(SIX_MB)
    numbers.push(...page.map(({ number }) => number ?? 0))
  }
  expect(numbers).toEqual(range(1, 40))
})

test('one event is given, however much longer it is as JSON', async () => {
  const note = new Note()
  for (const text of ['x', '\u0001'.repeat(390_000), '"'.repeat(390_000)]) {
    await note.commit({ type: 'Noted', note: text })
  }
  for (const after of [0, 1, 2]) {
    const [event] = await eventPage(note, { after, limit: 100 })
    expect(event?.number).toBe(after + 1)
  }
})

test.each([
  [1, 1],
  [100, 1],
  [1000, 2],
])('a page of %d small events is whole, and read at most twice', async (limit, reads) => {
  const note = await noted(250, 10)
  const page = await eventPage(note, { after: 5, limit })
  expect(page.map(({ number }) => number)).toEqual(range(6, Math.min(250, 5 + limit)))
  expect(calls.history).toBe(reads)
})

test('of many large events, no more are read than it takes', async () => {
  const note = await noted(200, 100_000)
  const asked: number[] = []
  const { id } = note
  const events: Note['events'] = (read = {}) => {
    asked.push(read.limit ?? 0)
    return note.events(read)
  }
  expect((await eventPage({ id, events }, { after: 0, limit: 1000 })).length).toBeGreaterThan(30)
  expect(asked).toEqual([100])
})
