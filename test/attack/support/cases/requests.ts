import { randomUUID } from 'node:crypto'
import { OddDocuments } from '../../../local/appsync/support/odd-documents.ts'
import type { Caller } from '../callers.ts'
import { type Case, httpCase, wired } from '../case.ts'
import type { Making } from '../scene.ts'
import { oddId, oddMoment, oddNumber, oddText, oddToken } from './targets.ts'

/** Returns the request of an operation by one of the attackers. */
export async function posted(
  making: Making,
  kind: string,
  operation: object | string | Buffer,
  caller: Caller = making.dice.one(making.attackers),
): Promise<Case> {
  const isText = typeof operation === 'string' || Buffer.isBuffer(operation)
  const body = isText ? operation : JSON.stringify(operation)
  const signed = Buffer.isBuffer(body) ? body.toString('latin1') : body
  const headers = wired(making, await caller.headers(signed))
  return httpCase(making, { kind, request: { method: 'POST', path: '/graphql', headers, body } })
}

/** Returns a body that is no request, or nearly one. */
export function bodyCase(making: Making): Promise<Case> {
  const { dice } = making
  const query = `{ order(id: "${dice.one(making.orders)}") { productId } }`
  const good = JSON.stringify({ query, variables: { a: 1 }, operationName: null })
  const depth = 10 ** dice.below(5)
  const body = dice.one<() => string | Buffer>([
    () => good.slice(0, dice.below(good.length)),
    () => good.slice(dice.below(good.length)),
    () => `${good.slice(0, dice.below(good.length))}${oddText(dice)}${good}`,
    () => `[${good},${good}]`,
    () => '['.repeat(depth),
    () => '{"query":'.repeat(depth),
    () => `{"query":"{ __typename }","variables":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
    () => `{"query":${JSON.stringify(query)},"query":"{ __typename }"}`,
    () => `{"__proto__":${good}}`,
    () => `{"query":"{ __typename }","variables":{"__proto__":{"id":"x"},"constructor":{"a":1}}}`,
    () => `{"query":"{ __typename }","operationName":${JSON.stringify(oddText(dice))}}`,
    () => `{"query":${dice.one(['1', 'true', '[]', '{}', '""', '" "', '"\\ud800"', 'null'])}}`,
    () => `{"query":"{ __typename }","variables":${dice.one(['1', '"{}"', '[]', 'true'])}}`,
    () => `{"query":"{ __typename }","extensions":${dice.one(['1', '{"persistedQuery":{}}'])}}`,
    () => `${good}\u0000`,
    () => `\ufeff${good}`,
    () => Buffer.from([0xff, 0xfe, 0x00, 0x7b, dice.below(256), dice.below(256)]),
    () => Buffer.from(good, 'utf16le'),
    () => 'x'.repeat(dice.chance(0.02) ? 1_200_000 : 5000),
    () => oddText(dice),
  ])()
  return posted(making, 'body', body)
}

/** Returns a document with random mistakes, or one that costs much. */
export function documentCase(making: Making): Promise<Case> {
  const documents = new OddDocuments(making.schema, making.dice)
  const isBomb = making.dice.chance(0.02)
  return posted(making, 'document', isBomb ? { query: documents.bomb() } : documents.operation())
}

const OPERATIONS = [
  'query ($id: ID!, $n: Int, $at: AWSDateTime) { order(id: $id, version: $n, at: $at) { id version status productId quantity reason } }',
  'query ($n: Int, $text: String) { orders(limit: $n, nextToken: $text) { items { id productId quantity } nextToken } }',
  'query ($id: ID!, $n: Int) { orderEvents(id: $id, after: $n, limit: $n) { id type owner actor commandId productId } }',
  'query ($id: ID!, $n: Int) { productEvents(id: $id, after: $n) { id type owner actor commandId reference } }',
  'query ($id: ID!, $n: Int, $at: AWSDateTime) { product(id: $id, version: $n, at: $at) { id quantity } }',
  'mutation ($id: ID!, $n: Int, $text: ID) { cancelOrder(input: { id: $id, expectedVersion: $n, commandId: $text }) { id productId } }',
  'mutation ($product: ID!, $n: Int!, $text: ID) { placeOrder(input: { productId: $product, quantity: $n, commandId: $text }) { id productId } }',
  'mutation ($id: ID, $n: Int!, $text: ID) { restockProduct(input: { id: $id, amount: $n, commandId: $text }) { id } }',
  'mutation ($id: ID!, $n: Int, $text: ID) { reserveProduct(input: { id: $id, quantity: $n, commandId: $text }) { id } }',
  'mutation ($id: ID!, $text: String!) { retryReaction(input: { reactor: $text, id: $id }) { id } }',
  'query ($text: String!, $n: Int) { parkedReactions(reactor: $text, limit: $n) { id parked { error } } }',
  'query ($text: String!, $id: ID) { reactorProgress(reactor: $text, after: $id) { resources after } }',
]

/** Returns a valid document with variables of other kinds, sizes and resources. */
export function variableCase(making: Making): Promise<Case> {
  const { dice } = making
  const odd = (): unknown =>
    dice.one<() => unknown>([
      () => null,
      () => [oddId(making)],
      () => ({ id: oddId(making) }),
      () => ({ toString: null, valueOf: null }),
      () => JSON.parse('{"__proto__":{"a":1}}'),
      () => oddText(dice),
      () => oddNumber(dice),
      () => dice.chance(0.5),
      () => 'x'.repeat(10_000),
    ])()
  const chosen = (value: unknown) => (dice.chance(0.2) ? odd() : value)
  const variables = {
    ...(dice.chance(0.95) && { id: chosen(oddId(making)) }),
    // No id of Alice's orders: the attacker's own order would contain it.
    product: dice.one([making.product, randomUUID(), oddText(dice)]),
    ...(dice.chance(0.9) && { n: chosen(oddNumber(dice)) }),
    ...(dice.chance(0.7) && { at: chosen(oddMoment(dice)) }),
    ...(dice.chance(0.8) && { text: chosen(oddToken(making)) }),
    ...(dice.chance(0.2) && { [oddText(dice)]: odd() }),
  }
  return posted(making, 'variables', { query: dice.one(OPERATIONS), variables })
}
