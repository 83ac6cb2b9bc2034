import { randomUUID } from 'node:crypto'
import { CommandIds } from '../../lib/event-sourcing/command-ids.ts'

const COUNT = 50_000

test('no id that was added is ever missed, in at most 16 bytes an event', () => {
  const ids = new CommandIds()
  const added = Array.from({ length: COUNT }, () => randomUUID())
  for (const [index, id] of added.entries()) {
    ids.add(id, index + 1)
    if (index >= 100) expect(ids.size / (index + 1)).toBeLessThanOrEqual(16)
  }
  for (const [index, id] of added.entries()) expect(ids.find(id)).toContain(index + 1)
})

test('an id that was not added is not found, but for once in a very long while', () => {
  const ids = new CommandIds()
  for (let number = 1; number <= COUNT; number += 1) ids.add(randomUUID(), number)
  const found = Array.from({ length: COUNT }, () => ids.find(randomUUID()).length)
  expect(found.filter((count) => count > 0).length).toBeLessThan(10)
})

test('all events of one command are found, in order, and what is known is passed over', () => {
  const ids = new CommandIds()
  for (const number of [1, 2, 1, 3, 5]) ids.add('a', number)
  ids.add('b', 4)
  expect(ids.find('a')).toEqual([1, 2, 3])
  expect(ids.find('b')).toEqual([4])
  expect(ids.find('c')).toEqual([])
})

test('ids that a client has made to share one hash are told apart', () => {
  const ids = new CommandIds()
  const made = idsOfOneHash(256)
  for (const [index, id] of made.entries()) ids.add(id, index + 1)
  for (const [index, id] of made.entries()) expect(ids.find(id)).toEqual([index + 1])
})

/** Under FNV-1a as it is published: of each block either text leads to the same hash. */
function idsOfOneHash(count: number): string[] {
  let ids = ['']
  for (let hash = 0x811c9dc5; ids.length < count; ) {
    const [one, other] = twoTextsFrom(hash)
    ids = ids.flatMap((id) => [id + one, id + other])
    hash = fnv1a(one, hash)
  }
  return ids
}

function twoTextsFrom(hash: number): [string, string] {
  const met = new Map<number, string>()
  for (let index = 0; ; index += 1) {
    const text = index.toString(36).padStart(6, '0')
    const other = met.get(fnv1a(text, hash))
    if (other !== undefined) return [other, text]
    met.set(fnv1a(text, hash), text)
  }
}

function fnv1a(text: string, from: number): number {
  return Array.from(text).reduce(
    (hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193),
    from,
  )
}
