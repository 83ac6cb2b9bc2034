import { readFileSync } from 'node:fs'
import { DOCUMENT, tableIn } from '../../bench/costs/document.ts'
import { billed, dollarsOf, sumOf, times } from '../../bench/costs/lines.ts'
import { readMeasured } from '../../bench/costs/measured.ts'
import { itemSize } from '../../bench/costs/measuring/item-size.ts'
import { messageSizes } from '../../bench/costs/measuring/message-size.ts'
import { writeOptions } from '../../bench/costs/month-costs.ts'
import { costTables } from '../../bench/costs/tables.ts'
import { messageCost, workCosts } from '../../bench/costs/work-costs.ts'

test.each(costTables(readMeasured()))('docs/scale.md contains the table of $title', (table) => {
  expect(tableIn(readFileSync(DOCUMENT, 'utf8'), table.title)).toBe(table.text)
})

test('a document without the place of a table is an error that names the lines to add', () => {
  expect(() => tableIn('# Nothing', 'work')).toThrow(
    'docs/scale.md has no place for the table work: add the lines <!-- begin work --> and <!-- end work -->',
  )
})

test('dollars are quantities times prices', () => {
  const lines = sumOf(
    [{ price: 'write', quantity: 2 }],
    times(3, [
      { price: 'write', quantity: 1 },
      { price: 'operation', quantity: 1 },
    ]),
  )
  expect(lines).toEqual([
    { price: 'write', quantity: 5 },
    { price: 'operation', quantity: 3 },
  ])
  expect(dollarsOf(lines)).toBeCloseTo(5 * 0.625 + 3 * 4)
})

test('a duration is billed in whole milliseconds, at the share of a processor', () => {
  // 4 ms of a whole processor take 6.9 ms on 1,024 of 1,769 MB; two requests take 5 ms each.
  expect(billed(4, 2)).toBe(17)
})

test('the measured counts are those of the algorithm', () => {
  const { invocations } = readMeasured()
  expect(invocations['command, cached']).toMatchObject({ requests: 1, writeUnits: 1, readUnits: 0 })
  expect(invocations['command, not cached']).toMatchObject({ requests: 2, writeUnits: 1 })
  expect(invocations['query, cached'].requests).toBe(1)
  // Two events in a transaction are four units. The checkpoint's writes are three, its index's four.
  expect(invocations['reaction to 1 event'].writeUnits).toBe(4 + 3 + 4)
})

test('a command costs an operation of AppSync and a write unit, at least', () => {
  const [command] = workCosts(readMeasured())
  expect(command?.lines).toEqual(
    expect.arrayContaining([
      { price: 'operation', quantity: 1 },
      { price: 'write', quantity: 1 },
      { price: 'invocation', quantity: 1 },
    ]),
  )
})

test('each subscriber is billed a message for each 5 KB', () => {
  const messageBytes = { Small: 400 }
  const [update] = messageCost({ ...readMeasured(), messageBytes }, 100).lines
  expect(update).toEqual({ price: 'update', quantity: 100 })
  const large = messageCost({ ...readMeasured(), messageBytes: { Large: 5121 } }, 1)
  expect(large.lines[0]).toEqual({ price: 'update', quantity: 2 })
})

test('a thousand write units a second cost less if provisioned or reserved', () => {
  const dollars = writeOptions(1000).map((option) => Math.round(option.dollars))
  // 2,628 million units at $0.625; 1,000 units × 730 hours at $0.00065; 54 % and 77 % off.
  expect(dollars).toEqual([1643, 475, 218, 109])
})

test('sizes of items are those of DynamoDB’s rules', () => {
  expect(itemSize({ id: { S: 'käse' } })).toBe(2 + 5)
  expect(itemSize({ n: { N: '1234567' } })).toBe(1 + 5)
  expect(itemSize({ n: { N: '-100' } })).toBe(1 + 3)
  expect(itemSize({ b: { BOOL: true }, l: { L: [{ S: 'ab' }, { NULL: true }] } })).toBe(2 + 1 + 8)
  expect(itemSize({ m: { M: { a: { S: 'b' } } } })).toBe(1 + 3 + 3)
})

test('sizes of messages are those of a subscriber that selects all fields', async () => {
  const { fetch: original } = globalThis
  globalThis.fetch = async () => new Response('{}')
  try {
    const query =
      'mutation Publish($e0: PingInput!) {\ne0: publishPing(event: $e0) { id type more }\n}'
    const variables = { e0: { id: '1', type: 'Pinged' } }
    const body = JSON.stringify({ query, variables })
    const sizes = await messageSizes(() => fetch('http://localhost/', { method: 'POST', body }))
    const payload = { data: { onPing: { id: '1', type: 'Pinged', more: null } } }
    const id = '00000000-0000-0000-0000-000000000000'
    expect(sizes).toEqual({ Pinged: JSON.stringify({ id, type: 'data', payload }).length })
  } finally {
    globalThis.fetch = original
  }
})
