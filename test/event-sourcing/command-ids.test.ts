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
