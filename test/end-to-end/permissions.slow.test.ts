import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FullRun, startFullRun, useAllPaths } from '../support/all-paths.ts'
import { eventually } from '../support/eventually.ts'
import {
  appTemplate,
  concerns,
  decisionsOf,
  grantedRights,
  line,
  type Right,
  SELDOM_USED,
  UNUSED,
  without,
} from '../support/granted-rights.ts'
import type { LocalRun } from '../support/local-run.ts'

/** The number of runs at the same time. */
const AT_ONCE = 2
/** The time for the calls that need several rights, in milliseconds. */
const OF_SEVERAL = 10_000

const EXCEPTIONS = [...UNUSED, ...SELDOM_USED]

describe('the rights of the template', () => {
  let full: FullRun
  let rights: readonly Right[]

  beforeAll(async () => {
    rights = grantedRights(await appTemplate())
    full = await startFullRun()
  }, 60_000)
  afterAll(() => full?.run.remove(), 30_000)

  test('each right is used or has a reason, and none is missing', async () => {
    const folder = full.run.folder
    const expected = rights.filter(
      (right) => !EXCEPTIONS.some(([those]) => those.test(line(right))),
    )
    const unused = () => {
      const decisions = decisionsOf(folder)
      return expected.filter((right) => !decisions.some((decision) => concerns(decision, right)))
    }
    await useAllPaths(full, () => unused().length === 0).catch(() => {})
    expect(unused().map(line)).toEqual([])
    expect(decisionsOf(folder).filter(({ denial }) => denial)).toEqual([])
  }, 90_000)

  test('each reason is about rights that are granted and not used', () => {
    const decisions = decisionsOf(full.run.folder)
    for (const [those] of UNUSED) {
      const meant = rights.filter((right) => those.test(line(right)))
      expect(meant).not.toHaveLength(0)
      const used = meant.filter((right) => decisions.some((each) => concerns(each, right)))
      expect(used.map(line)).toEqual([])
    }
    for (const [those] of SELDOM_USED) {
      expect(rights.filter((right) => those.test(line(right)))).not.toHaveLength(0)
    }
  })
})

describe('a template without some rights', () => {
  const MISSING = [
    /^ApiticketsCommands.* dynamodb:PutItem /,
    /^ApibookingsQueries.* dynamodb:Scan /,
    /^ApiFeed.* appsync:GraphQL .*publishBookingEvent$/,
    /^ApiFeed.* dynamodb:GetRecords table\/Concert/,
    /^ApiReactions.* sqs:ReceiveMessage /,
    /^ApiReactions.* sqs:SendMessage /,
    /^Apioperationsqueries.* lambda:InvokeFunction .*\w$/,
    /^events\.amazonaws\.com .*ApiReactions/,
  ]
  let full: FullRun
  let missing: readonly Right[]

  beforeAll(async () => {
    const rights = grantedRights(await appTemplate())
    missing = rights.filter((right) => MISSING.some((those) => those.test(line(right))))
    full = await startFullRun((template) => missing.reduce(without, template))
  }, 60_000)
  afterAll(() => full?.run.remove(), 30_000)

  test('exactly the calls that need them fail', async () => {
    const denied = () => decisionsOf(full.run.folder).filter(({ denial }) => denial !== undefined)
    const found = (right: Right) => denied().some((decision) => concerns(decision, right))
    await useAllPaths(full, () => missing.every(found)).catch(() => {})
    expect(missing.filter((right) => !found(right)).map(line)).toEqual([])
    const others = denied().filter((each) => !missing.some((right) => concerns(each, right)))
    expect(others).toEqual([])
  }, 90_000)

  test('a command without its right is an InternalError, and the log names the right', async () => {
    const { run } = full
    const { errors } = await run.graphql('mutation { addSeats(input: { amount: 1 }) { id } }')
    expect(errors).toMatchObject([{ errorType: 'InternalError' }])
    const traceId = `${errors?.[0]?.errorInfo?.traceId}`
    const entry = await eventually(async () => logOf(run, traceId))
    expect(entry).toContain('AccessDeniedException')
    expect(entry).toMatch(
      /User: arn:aws:sts::000000000000:assumed-role\/ApiticketsCommands\w+\/ApiticketsCommands\w+ is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table\/ConcertEvents because no identity-based policy allows the dynamodb:PutItem action/,
    )
  })

  test('a list without its right fails, and a query beside it does not', async () => {
    const list = await full.run.graphql('{ bookings { items { id } } }')
    expect(list.errors).toMatchObject([{ errorType: 'InternalError' }])
    const { data, errors } = await full.run.graphql(`{ booking(id: "${randomUUID()}") { id } }`)
    expect({ data, errors }).toEqual({ data: { booking: null }, errors: undefined })
  })

  test.each([
    ['ApiFeedFunction', 'appsync:GraphQL'],
    ['ApiFeedFunction', 'dynamodb:GetRecords'],
    ['ApiReactionsFunction', 'sqs:ReceiveMessage'],
    ['ApiReactionsFunction', 'sqs:SendMessage'],
    ['ApiReactionsFunction', 'lambda:InvokeFunction'],
    ['ApioperationsQueries', 'lambda:InvokeFunction'],
  ])('the log of %s names the missing right %s', (name, action) => {
    const folder = join(full.run.folder, 'logs')
    const files = readdirSync(folder).filter((file) => file.startsWith(name))
    const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('')
    expect(text).toMatch(
      new RegExp(`AccessDeniedException.*is not authorized to perform: ${action}`),
    )
  })
})

/** Returns the log entries of a trace. Undefined: there are none yet. */
function logOf(run: LocalRun, traceId: string): string | undefined {
  const folder = join(run.folder, 'logs')
  const lines = readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8').split('\n'),
  )
  return lines.filter((entry) => entry.includes(traceId)).join('\n') || undefined
}

test('without any right, exactly the calls that need it fail', async () => {
  const used = grantedRights(await appTemplate()).filter(
    (right) => !EXCEPTIONS.some(([those]) => those.test(line(right))),
  )
  const problems: string[] = []
  // A missing right may keep the call that needs another one from happening: those are tried alone.
  const hidden = (await each(groupsOf(used), (group) => tried(group, problems))).flat()
  const unseen = await each(hidden, (right) => tried([right], problems))
  expect(problems).toEqual([])
  expect(unseen.flat().map(line)).toEqual([])
}, 600_000)

/** Returns groups with at most one right of each principal. */
function groupsOf(rights: readonly Right[]): Right[][] {
  const groups: Right[][] = []
  const counts = new Map<string, number>()
  for (const right of rights) {
    const index = counts.get(right.principal) ?? 0
    counts.set(right.principal, index + 1)
    groups[index] = [...(groups[index] ?? []), right]
  }
  return groups
}

async function each<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const left = [...all]
  const results: R[] = []
  const tryNext = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      results.push(await work(next))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, tryNext))
  return results
}

/**
 * Runs the application without some rights. Adds other denials to the problems.
 * @returns the rights that no call needed
 */
async function tried(missing: readonly Right[], problems: string[]): Promise<Right[]> {
  const full = await startFullRun((template) => missing.reduce(without, template))
  try {
    const denied = () => decisionsOf(full.run.folder).filter(({ denial }) => denial)
    const isFound = (right: Right) => denied().some((decision) => concerns(decision, right))
    const until = Date.now() + (missing.length > 1 ? OF_SEVERAL : Number.POSITIVE_INFINITY)
    const isDone = () => missing.every(isFound) || Date.now() > until
    await useAllPaths(full, isDone).catch(() => {})
    const others = denied().filter((one) => !missing.some((right) => concerns(one, right)))
    problems.push(...others.map((one) => `${missing.map(line)}: ${JSON.stringify(one)}`))
    return missing.filter((right) => !isFound(right))
  } finally {
    await full.run.remove()
  }
}
