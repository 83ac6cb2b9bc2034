import { randomUUID } from 'node:crypto'
import { withoutIds } from '../asking.ts'
import { type Case, wired } from '../case.ts'
import { faultOfAnswer, jsonOf } from '../judge.ts'
import { type Making, STAFF } from '../scene.ts'
import { type HttpAnswer, send } from '../wire.ts'
import { oddMoment, oddNumber } from './targets.ts'

/**
 * Returns an attack that asks about an order of Alice's and then about none, in the same way: the
 * answers must be the same.
 */
export function accessCase(making: Making): Case {
  const { dice, orders, bobsOrder, run, agent, attackers } = making
  const caller = dice.one(attackers)
  const other = dice.one(orders)
  const missing = randomUUID()
  const isUpper = dice.chance(0.2)
  const ask = askingIn(making)
  const ids = (id: string) => (isUpper ? id.toUpperCase() : id)
  const port = Number(new URL(run.outputs.graphqlUrl).port)
  const answerTo = async (id: string): Promise<HttpAnswer> => {
    const body = JSON.stringify(ask(ids(id)))
    const headers = wired(making, await caller.headers(body))
    return send(agent, port, { method: 'POST', path: '/graphql', headers, body })
  }
  const sent = { caller: caller.name, other: ask(ids(other)), bobsOrder, group: STAFF }
  return {
    kind: 'access',
    sent,
    async attack() {
      const [one, none] = [await answerTo(other), await answerTo(missing)]
      const fault = faultOfAnswer(making, JSON.stringify(sent), one)
      if (fault) return { fault, got: one }
      const [told, toldOfNone] = [one, none].map((answer) => toldBy(answer, [other, missing]))
      return told === toldOfNone ? undefined : { fault: 'it tells', got: { one, none } }
    },
  }
}

/** Returns an answer without ids and traces, with its errors in one order. */
function toldBy({ status, text }: HttpAnswer, ids: readonly string[]): string {
  const { data, errors } = jsonOf(withoutIds(text, ids)) ?? {}
  const told = (Array.isArray(errors) ? errors : []).map((error) => JSON.stringify(error))
  return JSON.stringify({ status, data, errors: told.sort() })
}

/** Returns a way to ask about an id. */
function askingIn({ dice, bobsOrder }: Making): (id: string) => object {
  const version = oddNumber(dice)
  const at = JSON.stringify(oddMoment(dice))
  const commandId = `tell-${dice.below(1e9)}`
  const fields = '{ id version status productId quantity reason }'
  const own = `own: order(id: "${bobsOrder}") { id }`
  const events = '{ id number type owner actor commandId productId quantity reason }'
  const query = dice.one<(id: string) => string>([
    (id) => `{ order(id: "${id}") ${fields} }`,
    (id) => `{ ${own} other: order(id: "${id}") ${fields} again: order(id: "${id}") ${fields} }`,
    (id) => `{ order(id: "${id}", version: ${version}) ${fields} }`,
    (id) => `{ order(id: "${id}", at: ${at}) ${fields} }`,
    (id) => `{ order(id: "${id}", version: 1, at: "2026-01-01T00:00:00Z") ${fields} }`,
    (id) => `{ orderEvents(id: "${id}") ${events} }`,
    (id) => `{ orderEvents(id: "${id}", after: ${version}) ${events} }`,
    (id) => `{ orderEvents(id: "${id}", limit: ${version}) ${events} }`,
    (id) => `{ orderEvents(id: "${id}", after: null, limit: null) ${events} }`,
    (id) => `mutation { cancelOrder(input: { id: "${id}" }) ${fields} }`,
    (id) =>
      `mutation { cancelOrder(input: { id: "${id}", expectedVersion: ${version} }) ${fields} }`,
    (id) => `mutation { cancelOrder(input: { id: "${id}", commandId: "${commandId}" }) ${fields} }`,
    (id) => `mutation { cancelOrder(input: { id: "${id}", commandId: "reaction-1" }) ${fields} }`,
    (id) =>
      `mutation { a: cancelOrder(input: { id: "${id}" }) ${fields} b: cancelOrder(input: { id: "${id}" }) { id } }`,
    (id) => `mutation { restockProduct(input: { id: "${id}", amount: 1 }) { id } }`,
    (id) => `mutation { reserveProduct(input: { id: "${id}" }) { id } }`,
    (id) => `{ product(id: "${id}") { id } productEvents(id: "${id}") { id } }`,
    (id) =>
      `query Q { ...F } fragment F on Query { order(id: "${id}") { ...G } } fragment G on Order ${fields}`,
    (id) => `{ order(id: "${id}") @include(if: true) ${fields} }`,
  ])
  return dice.chance(0.3)
    ? (id) => ({
        query: query(id)
          .replaceAll(`"${id}"`, '$id')
          .replace(/^(query Q|mutation)?/, declared),
        variables: { id },
      })
    : (id) => ({ query: query(id) })
}

function declared(kind: string): string {
  return `${kind === 'mutation' ? kind : 'query'} Q($id: ID!)`
}
