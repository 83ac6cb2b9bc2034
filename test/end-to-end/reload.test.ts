import { randomUUID } from 'node:crypto'
import { eventually } from '../support/eventually.ts'
import { withTaskRun } from '../support/task-run.ts'

const ANSWER = 'lib/chores/answer.ts'
jest.setTimeout(120_000)
const run = withTaskRun()

const give = (id: string, wait = 0) =>
  run.graphql(`mutation { giveTask(input: { id: "${id}", wait: ${wait} }) { answer } }`)

test('a changed function runs its new code and keeps data, connections and requests', async () => {
  const id = randomUUID()
  const subscription = await run.subscriber.subscribe(
    `subscription { onTaskEvent(id: "${id}") { number } }`,
  )
  await give(id)
  const says = run.printed()
  const slow = give(id, 2000)
  await says('waiting')
  run.app.change(ANSWER, 'old', 'new')
  await run.answerIs('new')
  expect(await slow).toMatchObject({ data: { giveTask: { answer: 'old 2' } } })
  expect(await give(id)).toMatchObject({ data: { giveTask: { answer: 'new 3' } } })
  expect(await run.subscriber.messages(subscription, 3)).toEqual(
    [1, 2, 3].map((number) => ({ number })),
  )
  await says(/reloaded \S*choresQueries.* in \d+ ms/)
})

test('a syntax error is shown with file, line and code; the old code stays active', async () => {
  const says = run.printed()
  run.app.write(ANSWER, "export const answer = = 'broken'\n")
  await says(/lib\/chores\/answer\.ts:1:22:\n.*1 │ export const answer = = 'broken'/s)
  await run.answerIs('new')
  run.app.write(ANSWER, "export const answer = 'good'\n")
  await run.answerIs('good')
})

test('a changed schema is served, and only invalid subscriptions end', async () => {
  const id = randomUUID()
  const schema = run.app.read('schema.graphql')
  const kept = await run.subscriber.subscribe(
    `subscription { onTaskEvent(id: "${id}") { number } }`,
  )
  const says = run.printed()
  const more = schema.replaceAll('  number: Int!\n', '  number: Int!\n  note: String\n')
  run.app.write(
    'schema.graphql',
    more.replace('  answer: String\n', '  answer: String\n  owner: ID\n'),
  )
  await says(/reloaded the stack in \d+ ms: .*Schema/)
  expect(await run.graphql('{ task(id: "a") { owner } }')).toEqual({
    data: { task: { owner: null } },
  })
  const ended = await run.subscriber.subscribe('subscription { onTaskEvent { note } }')

  const next = run.printed()
  run.app.write('schema.graphql', schema)
  await next('reloaded the stack')
  await eventually(async () =>
    run.subscriber.frames.find(({ id, type }) => id === ended && type === 'error'),
  )
  await give(id)
  expect(await run.subscriber.messages(kept, 1)).toEqual([{ number: 1 }])
})
