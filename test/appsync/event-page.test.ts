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

/** The maximum size of a function's answer, in bytes. */
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

test('pages of the largest events fit in a function’s answer and list all events', async () => {
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

test('a page has at least one event, even if its JSON is much longer', async () => {
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
])('a page of %d small events is complete after at most two reads', async (limit, reads) => {
  const note = await noted(250, 10)
  const page = await eventPage(note, { after: 5, limit })
  expect(page.map(({ number }) => number)).toEqual(range(6, Math.min(250, 5 + limit)))
  expect(calls.history).toBe(reads)
})

test('reads only as many large events as the page needs', async () => {
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
