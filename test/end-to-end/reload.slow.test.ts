import { randomUUID } from 'node:crypto'
import { eventually } from '../support/eventually.ts'
import { withTaskRun } from '../support/task-run.ts'

const ANSWER = 'lib/chores/answer.ts'
jest.setTimeout(120_000)
const run = withTaskRun()

test('an invalid schema is shown with file, line and code; the old one stays active', async () => {
  const says = run.printed()
  run.app.change(
    'schema.graphql',
    'type Mutation {\n',
    'type Mutation {\n  endTask(id: ID!): Task\n',
  )
  await says(
    /no commands\.ts resolves \(schema\.graphql:5:3\)(?:.|\n)*5 \| {3}endTask\(id: ID!\): Task/,
  )
  await run.answerIs('old')
  const next = run.printed()
  run.app.change('schema.graphql', '  endTask(id: ID!): Task\n', '')
  await next('The error is fixed')
})

test('an unsupported resource is a warning; a reference of the API to it is shown with its place', async () => {
  const warns = run.printed()
  run.app.change('app.ts', 'import ', "import { Bucket } from 'aws-cdk-lib/aws-s3'\nimport ")
  run.app.change(
    'app.ts',
    'api.addDomain(',
    "const bucket = new Bucket(stack, 'Bucket')\napi.addDomain(",
  )
  await warns(/warning: left out, .*AWS::S3::Bucket \(Bucket\w+\)/)
  await run.answerIs('old')
  const says = run.printed()
  const grant = "] }).addEnvironment('BUCKET', bucket.bucketName)"
  run.app.change('app.ts', '] })', grant)
  await says(
    /AWS::S3::Bucket\): this type is not supported locally, but Api\w+ \(AWS::Lambda::Function\) refers to it in Environment\.Variables\.BUCKET: leave out .*\n\n.*app\.ts:\d+:/,
  )
  await run.answerIs('old')
  const next = run.printed()
  run.app.change('app.ts', grant, '] })')
  await next('The error is fixed')
})

test('a syntax error in the stack is shown with file and line', async () => {
  const says = run.printed()
  run.app.change('app.ts', 'api.addDomain', 'api addDomain')
  await says(/app\.ts:\d+:\d+: ERROR: Expected ";"(?:.|\n)*\^/)
  const next = run.printed()
  run.app.change('app.ts', 'api addDomain', 'api.addDomain')
  await next('The error is fixed')
  await run.answerIs('old')
})

test('a new source file is watched without a restart', async () => {
  const says = run.printed()
  run.app.write('lib/chores/more.ts', "export const more = 'more'\n")
  run.app.write(ANSWER, "import { more } from './more.ts'\nexport const answer = more\n")
  await run.answerIs('more')
  run.app.write('lib/chores/more.ts', "export const more = 'most'\n")
  await run.answerIs('most')
  await says('reloaded')
})

test('a removed file removes its functions, and later changes are loaded', async () => {
  const file = 'resolvers/chores/reactions.ts'
  const says = run.printed()
  run.app.write(
    file,
    `import { Task } from '../../lib/chores/index.ts'
export const reactions = { watching: { of: Task, begins: 'now' } }
`,
  )
  await says(/reloaded the stack in \d+ ms: .*new/)
  const next = run.printed()
  run.app.delete(file)
  await next(/reloaded the stack in \d+ ms: .*removed/)
  run.app.write(ANSWER, "export const answer = 'after it'\n")
  await run.answerIs('after it')
})

/** Gives a task to the resource. */
const give = (id: string, wait = 0) =>
  run.graphql(`mutation { giveTask(input: { id: "${id}", wait: ${wait} }) { answer } }`)

test('a changed function runs its new code and keeps data, connections and requests', async () => {
  run.app.write(ANSWER, "export const answer = 'old'\n")
  await run.answerIs('old')
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
