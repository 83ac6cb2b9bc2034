import { randomUUID } from 'node:crypto'
import { MainProcess } from '../local/support/main-process.ts'
import { eventually } from '../support/eventually.ts'
import type { Outputs } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'
import { Subscriber } from '../support/subscriber.ts'
import { TaskApp } from '../support/task-app.ts'

const ANSWER = 'lib/chores/answer.ts'
jest.setTimeout(60_000)

let app: TaskApp
let main: MainProcess
let outputs: Outputs
let subscriber: Subscriber

beforeAll(async () => {
  app = new TaskApp()
  const state = newFolder('reload')
  main = new MainProcess(['--port', '0', '--data', state], app.folder)
  outputs = { apiKey: '', ...(await main.ready(state)) }
  subscriber = await Subscriber.connect(outputs)
})

afterAll(async () => {
  await subscriber.close()
  await main.kill('SIGINT')
  app.remove()
})

async function graphql(query: string) {
  const response = await fetch(outputs.graphqlUrl, {
    method: 'POST',
    headers: { 'x-api-key': outputs.apiKey },
    body: JSON.stringify({ query }),
  })
  const answer: { data?: Record<string, { answer: string }>; errors?: { message: string }[] } =
    JSON.parse(await response.text())
  return answer
}

const give = (id: string, wait = 0) =>
  graphql(`mutation { giveTask(input: { id: "${id}", wait: ${wait} }) { answer } }`)

const answerIs = (answer: string) =>
  eventually(async () => {
    const { data } = await graphql('{ task(id: "a") { answer } }')
    return data?.task?.answer === answer || undefined
  })

/** Waits for a text that is printed from now on. */
function printed() {
  const before = main.output.length
  return (text: string | RegExp) =>
    eventually(async () => main.output.slice(before).match(text) ?? undefined, 20_000)
}

test('a changed function runs its new code; data, connections and what is under way stay', async () => {
  const id = randomUUID()
  const subscription = await subscriber.subscribe(
    `subscription { onTaskEvent(id: "${id}") { number } }`,
  )
  await give(id)
  const says = printed()
  const slow = give(id, 2000)
  await says('waiting')
  app.change(ANSWER, 'old', 'new')
  await answerIs('new')
  expect(await slow).toMatchObject({ data: { giveTask: { answer: 'old 2' } } })
  expect(await give(id)).toMatchObject({ data: { giveTask: { answer: 'new 3' } } })
  expect(await subscriber.messages(subscription, 3)).toEqual(
    [1, 2, 3].map((number) => ({ number })),
  )
  await says(/reloaded \S*choresQueries.* in \d+ ms/)
})

test('a syntax error is shown with file, line and code, and the old code goes on', async () => {
  const says = printed()
  app.write(ANSWER, "export const answer = = 'broken'\n")
  await says(/lib\/chores\/answer\.ts:1:22:\n.*1 │ export const answer = = 'broken'/s)
  await answerIs('new')
  app.write(ANSWER, "export const answer = 'good'\n")
  await answerIs('good')
})

test('a changed schema is served; subscriptions that it still has stay, others are ended', async () => {
  const id = randomUUID()
  const schema = app.read('schema.graphql')
  const kept = await subscriber.subscribe(`subscription { onTaskEvent(id: "${id}") { number } }`)
  const says = printed()
  const more = schema.replaceAll('  number: Int!\n', '  number: Int!\n  note: String\n')
  app.write('schema.graphql', more.replace('  answer: String\n', '  answer: String\n  owner: ID\n'))
  await says(/reloaded the stack in \d+ ms: .*Schema/)
  expect(await graphql('{ task(id: "a") { owner } }')).toEqual({ data: { task: { owner: null } } })
  const ended = await subscriber.subscribe('subscription { onTaskEvent { note } }')

  const next = printed()
  app.write('schema.graphql', schema)
  await next('reloaded the stack')
  await eventually(async () =>
    subscriber.frames.find(({ id, type }) => id === ended && type === 'error'),
  )
  await give(id)
  expect(await subscriber.messages(kept, 1)).toEqual([{ number: 1 }])
})

test('a schema that does not fit is shown with file, line and code, and the old one goes on', async () => {
  const says = printed()
  app.change('schema.graphql', 'type Mutation {\n', 'type Mutation {\n  endTask(id: ID!): Task\n')
  await says(
    /no commands\.ts resolves \(schema\.graphql:5:3\)(?:.|\n)*5 \| {3}endTask\(id: ID!\): Task/,
  )
  await answerIs('good')
  const next = printed()
  app.change('schema.graphql', '  endTask(id: ID!): Task\n', '')
  await next('The error is gone')
})

test('a resource that is not supported is shown with its place, and the old stack goes on', async () => {
  const says = printed()
  app.change('app.ts', 'api.addDomain(', "new Bucket(stack, 'Bucket')\napi.addDomain(")
  app.change('app.ts', 'import ', "import { Bucket } from 'aws-cdk-lib/aws-s3'\nimport ")
  await says(/AWS::S3::Bucket\): this type is not supported locally\n\n.*app\.ts:\d+:1/)
  await answerIs('good')
  const next = printed()
  app.change('app.ts', "new Bucket(stack, 'Bucket')\n", '')
  await next('The error is gone')
})

test('a mistake in a script of the stack is shown with file and line', async () => {
  const says = printed()
  app.change('app.ts', 'api.addDomain', 'api addDomain')
  await says(/app\.ts:\d+:\d+: ERROR: Expected ";"(?:.|\n)*\^/)
  const next = printed()
  app.change('app.ts', 'api addDomain', 'api.addDomain')
  await next('The error is gone')
  await answerIs('good')
})

test('a new function’s file joins in without a restart', async () => {
  const says = printed()
  app.write('lib/chores/more.ts', "export const more = 'more'\n")
  app.write(ANSWER, "import { more } from './more.ts'\nexport const answer = more\n")
  await answerIs('more')
  app.write('lib/chores/more.ts', "export const more = 'most'\n")
  await answerIs('most')
  await says('reloaded')
})
