import { randomUUID } from 'node:crypto'
import type { LocalRun } from '../../support/local-run.ts'
import { type Answer, ask, telling, withoutIds } from './asking.ts'
import { type Caller, signer } from './callers.ts'
import { type Question, questionsAbout } from './questions.ts'
import { placeOrder, restock } from './shop.ts'
import { Socket } from './socket.ts'

/** The errors of an allowed call whose resource is missing, or in another state. */
const AFTER_PERMISSION = ['ResourceNotFound', 'NotParked', 'InvalidArgument', 'OrderNotOpen']

interface Asked {
  readonly question: Question
  readonly result: string
  /** The whole answer, without ids and traces. */
  readonly told: object
}

/** The rights of each caller, and the refusals that tell a resource of somebody else from none. */
export interface Findings {
  /** A line for each field, a column for each caller. */
  readonly table: string
  readonly leaks: readonly string[]
  /** The fields that were asked for. */
  readonly fields: readonly string[]
}

/**
 * Asks each question as each caller.
 * @param others the users whose order each caller asks about: the first who is not the caller
 */
export async function askAll(
  run: LocalRun,
  callers: readonly Caller[],
  others: readonly Caller[],
): Promise<Findings> {
  const product = await restock(run, 1_000_000)
  const missing = randomUUID()
  const orders = new Map<string, string>()
  for (const other of others) orders.set(other.name, await placeOrder(run, other))
  const asked = new Map<string, readonly Asked[]>()
  for (const caller of callers) {
    const other = others.find(({ name }) => name !== caller.name)
    // A caller without a user has no order. In its place, it asks about an order that is missing.
    const own = caller.sub === undefined ? missing : await placeOrder(run, caller)
    const ids = { own, other: orders.get(other?.name ?? '') ?? '', missing }
    const owners = {
      own: await ownerIn(run, ids.own),
      other: await ownerIn(run, ids.other),
      missing: randomUUID(),
    }
    const questions = questionsAbout({ orders: ids, product, owners })
    const named = [product, ...Object.values(ids), ...Object.values(owners)]
    asked.set(caller.name, await answersTo(run, caller, questions, named))
  }
  return {
    table: tableOf(asked),
    leaks: [...asked].flatMap(([name, all]) => leaksOf(name, all)),
    fields: [...new Set([...asked.values()].flat().map(({ question }) => question.field))],
  }
}

/** Returns the owner of an order; of none, an id that nobody has. */
async function ownerIn(run: LocalRun, order: string): Promise<string> {
  const query = 'query ($id: ID!) { orderEvents(id: $id, limit: 1) { owner } }'
  const { text } = await ask(run, signer(run), query, { id: order })
  return /"owner":"([^"]+)"/.exec(text)?.[1] ?? randomUUID()
}

async function answersTo(
  run: LocalRun,
  caller: Caller,
  questions: readonly Question[],
  ids: readonly string[],
): Promise<readonly Asked[]> {
  const socket = await Socket.open(run, caller)
  const asked: Asked[] = []
  for (const question of questions) {
    const { query, variables } = question
    if (query.startsWith('subscription')) {
      const id = randomUUID()
      if (socket.isClosed) {
        asked.push({ question, result: '401', told: {} })
      } else {
        const { type, payload } = await socket.subscribe(id, query, variables)
        const errors = payload?.errors ?? []
        const told = { type, text: withoutIds(JSON.stringify(errors), [...ids, id]) }
        asked.push({ question, result: resultOf(errors), told })
      }
    } else {
      const answer = await ask(run, caller, query, variables)
      const result = answer.status === 200 ? resultOf(answer.errors) : `${answer.status}`
      asked.push({ question, result, told: telling(answer, ids) })
    }
  }
  await socket.close()
  return asked
}

function resultOf(errors: Answer['errors']): string {
  const [error] = errors.filter(({ errorType = '' }) => !AFTER_PERMISSION.includes(errorType))
  return error ? (error.errorType ?? error.message) : 'yes'
}

/** Returns the refusals that are not the same for a resource of somebody else and for none. */
function leaksOf(caller: string, all: readonly Asked[]): readonly string[] {
  return all.flatMap(({ question, result, told }) => {
    if (question.about !== 'other' || result === 'yes') return []
    const missing = all.find(
      (each) => each.question.field === question.field && each.question.about === 'missing',
    )
    const [other, none] = [JSON.stringify(told), JSON.stringify(missing?.told)]
    return other === none ? [] : [`${caller} ${question.field}: ${other} or ${none}`]
  })
}

function tableOf(asked: ReadonlyMap<string, readonly Asked[]>): string {
  const [first = []] = asked.values()
  const rows = first.map(({ question: { field, about } }, row) => [
    `${field} ${about}`.trim(),
    ...[...asked.values()].map((all) => all[row]?.result ?? ''),
  ])
  return [['', ...asked.keys()], ...rows].map(lineOf).join('\n')
}

const SHORT: Readonly<Record<string, string>> = { Forbidden: '-', Unauthorized: 'closed' }

function lineOf([field = '', ...results]: readonly string[]): string {
  return [field.padEnd(22), ...results.map((result) => (SHORT[result] ?? result).padEnd(8))]
    .join('')
    .trimEnd()
}
