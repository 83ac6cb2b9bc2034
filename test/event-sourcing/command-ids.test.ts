import { randomUUID } from 'node:crypto'
import { CommandIds } from '../../lib/event-sourcing/state/command-ids.ts'

const COUNT = 20_000

test('every added id is found, with at most 6 bytes per event', () => {
  const ids = new CommandIds()
  const added = Array.from({ length: COUNT }, () => randomUUID())
  const sizes = added.map((id, index) => {
    ids.add(id, index + 1)
    return ids.size / (index + 1)
  })
  expect(Math.max(...sizes.slice(100))).toBeLessThanOrEqual(6)
  const missed = added.filter((id, index) => !ids.find(id).includes(index + 1))
  expect(missed).toEqual([])
})

test('fewer than 10 of 20,000 unknown ids are found by mistake', () => {
  const ids = new CommandIds()
  for (let number = 1; number <= COUNT; number += 1) ids.add(randomUUID(), number)
  const found = Array.from({ length: COUNT }, () => ids.find(randomUUID()).length)
  expect(found.filter((count) => count > 0).length).toBeLessThan(10)
})

test('all events of a command are found in order, and known events are skipped', () => {
  const ids = new CommandIds()
  for (const number of [1, 2, 1, 3, 5]) ids.add('a', number)
  ids.add('b', 4)
  expect(ids.find('a')).toEqual([1, 2, 3])
  expect(ids.find('b')).toEqual([4])
  expect(ids.find('c')).toEqual([])
})

test('ids that a client crafts to share one hash are distinguished', () => {
  const ids = new CommandIds()
  const made = idsOfOneHash(256)
  for (const [index, id] of made.entries()) ids.add(id, index + 1)
  for (const [index, id] of made.entries()) expect(ids.find(id)).toEqual([index + 1])
})

/** Returns ids with the same FNV-1a hash: both texts of each block lead to one hash. */
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
    // Unrelated texts collide soon.
    const text = Math.imul(index, 0x9e3779b1).toString(36).padStart(7, '0')
    const hashed = fnv1a(text, hash)
    const other = met.get(hashed)
    if (other !== undefined) return [other, text]
    met.set(hashed, text)
  }
}

function fnv1a(text: string, from: number): number {
  let hash = from
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash
}
