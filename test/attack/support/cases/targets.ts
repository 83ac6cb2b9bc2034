import { randomUUID } from 'node:crypto'
import type { Dice } from '../../../local/appsync/support/dice.ts'
import type { Making } from '../scene.ts'

/** Texts that are no ids, or that a store, a parser or a language could stumble over. */
const ODD_TEXTS = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'null',
  '0',
  '*',
  '\u0000',
  '\ud800',
  '\u202e',
  '../../etc/passwd',
  '{"id":{"eq":"x"}}',
  "' OR 1=1 --",
  '%{process.env}',
  '{{7*7}}',
  'ä€😀',
  'x'.repeat(2000),
  'reaction-1',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
]

export function oddText(dice: Dice): string {
  return dice.one(ODD_TEXTS)
}

/** Returns an id: of Alice's order, of Bob's, of a product, of nothing, in odd forms, or none. */
export function oddId({ dice, orders, bobsOrder, product }: Making): string {
  const id = dice.one([dice.one(orders), dice.one(orders), bobsOrder, product, randomUUID()])
  const form = dice.below(12)
  if (form === 0) return id.toUpperCase()
  if (form === 1) return ` ${id}`
  if (form === 2) return id.replaceAll('-', '')
  if (form === 3) return `{${id}}`
  if (form === 4) return `${id}\u0000`
  if (form === 5) return oddText(dice)
  return id
}

export function oddNumber(dice: Dice): number {
  return dice.one([0, 1, 2, 3, 100, -1, 1.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 1e21, 1e308])
}

export function oddMoment(dice: Dice): string {
  return dice.one([
    '2026-01-01T00:00:00Z',
    '2999-01-01T00:00:00Z',
    '0000-00-00T00:00:00Z',
    '9999-12-31T23:59:59.999999999Z',
    '2026-11-23T21:54:19+05:30:45',
    oddText(dice),
  ])
}

/** Returns a page token: forged, of another list, or none. */
export function oddToken({ dice, orders, bob }: Making): string {
  const content = {
    v: dice.one([1, 2, 3, '2', null]),
    store: dice.one(['OrderEvents', 'ProductEvents', 'Order', '__proto__', null]),
    after: dice.one([dice.one(orders), '', oddText(dice), 1]),
    events: dice.one([1, 0, -1, 1e308, '1', null]),
    owner: dice.one(['alice', bob.sub, null, '', ['x'], { toString: 1 }]),
  }
  const text = JSON.stringify(content)
  return dice.one([
    Buffer.from(text).toString('base64url'),
    Buffer.from(text).toString('base64'),
    Buffer.from('[]').toString('base64url'),
    'x'.repeat(5000),
    oddText(dice),
  ])
}
