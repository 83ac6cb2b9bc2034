import { OddDocuments } from '../../../local/appsync/support/odd-documents.ts'
import { eventually } from '../../../support/eventually.ts'
import type { Case } from '../case.ts'
import { claimsOf, keysOf, signed } from '../forge.ts'
import { faultOfData, faultOfError, faultOfText } from '../judge.ts'
import type { Making } from '../scene.ts'
import { type Frame, Socket } from '../socket.ts'
import { oddId, oddText } from './targets.ts'

/** The time until an answer, in milliseconds. */
const PATIENCE = 20_000
const TYPES = ['connection_ack', 'ka', 'start_ack', 'data', 'error', 'complete', 'connection_error']

interface Sent {
  readonly frame: string | Buffer
  /** The id of a start message that gets an answer. */
  readonly id?: string
}

/** Returns a connection of an attacker with odd messages. */
export async function frameCase(making: Making): Promise<Case> {
  const { dice, run, attackers } = making
  const isEarly = dice.chance(0.1)
  const caller = dice.one(attackers.filter(({ name }) => name !== 'nobody'))
  const frames: Sent[] = []
  for (let count = dice.below(4); count >= 0; count -= 1)
    frames.push(await oddFrame(making, `f${count}`))
  const sent = frames.map(({ frame }) =>
    typeof frame === 'string' ? frame.slice(0, 5000) : frame.toString('latin1').slice(0, 5000),
  )
  return {
    kind: 'frames',
    sent: { caller: caller.name, isEarly, sent },
    async attack() {
      const socket = await Socket.open(run, caller, !isEarly)
      for (const { frame } of frames) socket.socket.send(frame)
      const ids = frames.flatMap(({ id }) => (id === undefined ? [] : [id]))
      const isAnswered = (id: string) => socket.frames.some((frame) => frame.id === id)
      const missing = () => ids.filter((id) => !isAnswered(id))
      const isDone = async () => missing().length === 0 || socket.isClosed || undefined
      await eventually(isDone, PATIENCE).catch(() => {})
      const unanswered = socket.isClosed ? [] : missing()
      await socket.close()
      const fault =
        unanswered.length > 0
          ? `no answer to ${unanswered}`
          : faultOfFrames(making, sent.join(''), socket)
      return fault === undefined ? undefined : { fault, got: socket.texts }
    },
  }
}

function faultOfFrames(
  making: Making,
  sent: string,
  { texts, frames }: Socket,
): string | undefined {
  for (const frame of frames) {
    const fault = faultOfFrame(frame) ?? faultOfData(making, frame.payload?.data)
    if (fault) return fault
  }
  return texts.map((text) => faultOfText(making, sent, text)).find((fault) => fault)
}

function faultOfFrame({ type, payload }: Frame): string | undefined {
  if (!TYPES.includes(type)) return `the type ${type}`
  if (!type.endsWith('error')) return undefined
  const errors = payload?.errors ?? []
  return errors.length === 0
    ? 'an error without errors'
    : errors.map(faultOfError).find((fault) => fault)
}

async function oddFrame(making: Making, id: string): Promise<Sent> {
  const { dice } = making
  if (dice.chance(0.4)) return { frame: oddMessage(making) }
  const operation = dice.chance(0.5)
    ? new OddDocuments(making.schema, dice).operation()
    : { query: subscription(making), variables: { id: oddId(making), type: oddText(dice) } }
  const data = JSON.stringify(operation)
  const host = new URL(making.run.outputs.graphqlUrl).host
  const authorization = dice.chance(0.3)
    ? oddAuthorization(making, host)
    : { host, ...(await dice.one(making.attackers).headers(data)) }
  const payload = { data, extensions: { authorization } }
  return { frame: JSON.stringify({ type: 'start', id, payload }), id }
}

function subscription(making: Making): string {
  const { dice } = making
  const shown = '{ id type owner actor productId commandId }'
  return dice.one([
    `subscription { onOrderEvent ${shown} }`,
    `subscription { onOrderEvent(id: "${oddId(making)}") ${shown} }`.replaceAll('\u0000', ''),
    `subscription { onOrderEvent(id: null, type: null) ${shown} }`,
    `subscription { onOrderEvent(type: "OrderPlaced") ${shown} }`,
    `subscription ($id: ID, $type: String) { onOrderEvent(id: $id, type: $type) ${shown} }`,
    `subscription ($id: ID) { a: onOrderEvent(id: $id) ${shown} b: onOrderEvent ${shown} }`,
    `subscription { onOrderEvent(owner: "alice") ${shown} }`,
    `subscription { onOrderEvent(filter: "{}") ${shown} }`,
    'subscription { onProductEvent { id owner actor reference } }',
  ])
}

function oddAuthorization({ dice, run, pool, alice, foreignKey }: Making, host: string): unknown {
  const { own } = keysOf(pool)
  const claims = claimsOf(pool, alice.sub ?? '')
  const { kid } = pool.key
  return dice.one<unknown>([
    null,
    [],
    'text',
    {},
    { host },
    { host: 'evil.example.com', 'x-api-key': `${run.outputs.apiKey}x` },
    { host, authorization: signed({ alg: 'RS256', kid }, { ...claims, exp: 1 }, own) },
    { host, authorization: signed({ alg: 'RS256', kid }, claims, foreignKey.privateKey) },
    { host, authorization: signed({ alg: 'none' }, claims, undefined) },
    { host, authorization: { toString: 1 } },
    { host: [host], 'x-api-key': [run.outputs.apiKey] },
    { host, AUTHORIZATION: 'x', authorization: 'y' },
    { __proto__: null, host, 'x-api-key': '' },
  ])
}

function oddMessage({ dice }: Making): string | Buffer {
  const text = dice.one([
    '',
    'null',
    '[]',
    '"start"',
    '{',
    '{"type":"connection_init"}',
    '{"type":"connection_init","payload":{"toString":1}}',
    '{"type":{"toString":null},"id":"x"}',
    '{"type":"__proto__","id":"__proto__"}',
    '{"type":"stop"}',
    '{"type":"stop","id":"nobody"}',
    '{"type":"stop","id":"__proto__"}',
    '{"type":"start","id":1}',
    '{"type":"start","id":""}',
    '{"type":"start","id":"constructor"}',
    '{"type":"start","id":"y","payload":{"data":{},"extensions":[]}}',
    '{"type":"data","id":"f0","payload":{"data":{}}}',
    '{"type":"ka"}',
    '{"type":"connection_terminate"}',
    '\u0000',
    '['.repeat(20_000),
    'x'.repeat(dice.chance(0.02) ? 1_200_000 : 10_000),
    oddText(dice),
  ])
  return dice.chance(0.2) ? Buffer.from(text, 'latin1') : text
}
