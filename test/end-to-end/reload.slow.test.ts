import { withTaskRun } from '../support/task-run.ts'

const ANSWER = 'lib/chores/answer.ts'
jest.setTimeout(60_000)
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

test('an unsupported resource is shown with its place; the old stack stays active', async () => {
  const says = run.printed()
  run.app.change('app.ts', 'api.addDomain(', "new Bucket(stack, 'Bucket')\napi.addDomain(")
  run.app.change('app.ts', 'import ', "import { Bucket } from 'aws-cdk-lib/aws-s3'\nimport ")
  await says(/AWS::S3::Bucket\): this type is not supported locally\n\n.*app\.ts:\d+:1/)
  await run.answerIs('old')
  const next = run.printed()
  run.app.change('app.ts', "new Bucket(stack, 'Bucket')\n", '')
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
