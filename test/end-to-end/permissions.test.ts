import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolesOf } from '../../lib/local/access/roles.ts'
import { type FullRun, startFullRun, useAllPaths } from '../support/all-paths.ts'
import { eventually } from '../support/eventually.ts'
import {
  appTemplate,
  concerns,
  decisionsOf,
  grantedRights,
  line,
  type Right,
  resolvedTemplate,
  UNUSED,
  without,
} from '../support/granted-rights.ts'
import type { LocalRun } from '../support/local-run.ts'

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
    const expected = rights.filter((right) => !UNUSED.some(([those]) => those.test(line(right))))
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
  })
})

test.each([
  ['ApiticketsQueries', 'ConcertEvents', 'with an explicit deny in a resource-based policy'],
  ['ApibookingsCommands', 'ConcertEvents', 'with an explicit deny in a resource-based'],
  ['ApiFeedFunction', 'BookingEvents', 'with an explicit deny in a resource-based policy'],
])('%s may not commit to %s', async (name, tableName, reason) => {
  const template = resolvedTemplate(await appTemplate())
  const named = (type: string, start: string) =>
    template.resources(type).find(({ logicalId }) => logicalId.startsWith(start))
  const roles = rolesOf(template, {
    accountId: '000000000000',
    region: 'us-east-1',
    onDecision: () => {},
  })
  const roleArn = named('AWS::Lambda::Function', name)?.properties().text('Role') ?? ''
  const resource = named('AWS::DynamoDB::GlobalTable', tableName)?.attribute('Arn') ?? ''
  const denial = await roles
    .ofRole(roleArn, { name })
    ?.denial({ action: 'dynamodb:PutItem', resource })
  expect(denial).toContain(reason)
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
