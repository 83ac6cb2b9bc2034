import { randomUUID } from 'node:crypto'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { clientFor } from '../support/client.ts'
import { PAYLOAD, withPrivateRun } from '../support/private-run.ts'

const run = withPrivateRun()

test('no log entry and no trace contains a value of a client, an event or a state', async () => {
  const skipped = randomUUID()
  const given = async (as: string) => {
    const [, id = ''] = /"id":"([0-9a-f-]{36})"/.exec(await run.give({ as })) ?? []
    return id
  }

  // Inputs of commands.
  expect(await run.give({ commandId: `\ud800${PAYLOAD}` })).toContain('InvalidArgument')
  expect(await run.give({ commandId: `reaction-${PAYLOAD}` })).toContain(`got reaction-${PAYLOAD}`)
  expect(await run.give({ commandId: PAYLOAD.repeat(500) })).toContain('InvalidArgument')
  expect(await run.give({ id: PAYLOAD })).toContain('InvalidId')
  expect(await run.give({ as: 'refused' })).toContain(`got ${PAYLOAD}`)
  expect(await run.give({ as: 'bug' })).toContain('InternalError')
  expect(await run.give({ as: 'text' })).toContain('InternalError')
  expect(await run.give({ as: 'misfit' })).toContain('InvalidEvent')
  expect(await run.give({ as: 'large' })).toContain('InvalidEvent')
  expect(await run.give({ expectedVersion: PAYLOAD })).toContain('errors')

  // Arguments of queries.
  expect(await run.graphql(`{ task(id: "${PAYLOAD}") { id } }`)).toContain('data')
  expect(await run.graphql(`{ taskEvents(id: "${PAYLOAD}") { id } }`)).toContain('data')
  expect(await run.graphql(`{ tasks(nextToken: "${PAYLOAD}") { nextToken } }`)).toContain(PAYLOAD)
  expect(await run.graphql(`{ task(id: "a", at: "${PAYLOAD}") { id } }`)).toContain(PAYLOAD)
  expect(await run.graphql(`{ task(id: "a", limit: "${PAYLOAD}") { id } }`)).toContain('errors')
  expect(await run.graphql(`query ($id: Int) { task(id: $id) }`, { id: PAYLOAD })).toContain(
    'errors',
  )
  expect(await run.graphql(PAYLOAD)).toContain('errors')

  // Events that the feed, the history and the reactions meet.
  const ids = {
    truncated: await given('truncated'),
    old: await given('old'),
    reaction: await given('reaction'),
  }
  const Item = { id: skipped, number: 1, type: 'TaskGiven', created: PAYLOAD, note: PAYLOAD }
  const client = clientFor(run.outputs.dynamodbEndpoint)
  const TableName = run.outputs.tables.TASK_TABLE
  await client.send(new PutCommand({ TableName, Item: { ...Item, meta: { commandId: 'c' } } }))
  client.destroy()
  await run.logged(`"id":"${ids.truncated}"`, '"about":"feed"', '"truncated":true')
  await run.logged(`"id":"${ids.old}"`, '"about":"feed"', '"name":"RangeError"', 'index.ts:')
  await run.logged(
    `"id":"${ids.reaction}"`,
    '"about":"reaction"',
    '"level":"ERROR"',
    'reactions.ts:',
  )
  await run.logged(`"id":"${skipped}"`, '"about":"feed"', '"passedBy":true', '"number":1')
  await run.logged('"about":"giveTask"', '"name":"RangeError"', 'chores/index.ts:')
  expect(await run.graphql('{ tasks { items { id note } } }')).toContain('CorruptHistory')

  // The traces of all requests arrive after their answers.
  await run.logged('"about":"tasks"', '"code":"CorruptHistory"')
  expect(await run.graphql(`{ task(id: "${ids.old}") { id } }`)).toContain('CorruptHistory')
  await run.logged('"trace_id"', '"name":"task"', 'CorruptHistory')
  await run.logged('"trace_id"', '"name":"giveTask"', 'EventRejected')
  const lines = run.recorded()
  expect(lines.filter((line) => /pay.load/i.test(line))).toEqual([])
}, 60_000)
