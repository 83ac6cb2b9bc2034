import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { CfnFunction } from 'aws-cdk-lib/aws-lambda'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'

// A domain whose reactor runs the instruction in an event, even a harmful instruction.

const ROOT = join(__dirname, '../..')
const FRAMEWORK = '../../../../lib/event-sourcing'
const FILES = {
  'schema.graphql': `
    type Query { task(id: ID!): Task }
    type Mutation {
      giveTask(input: GiveTaskInput!): Task!
      publishTaskEvent(event: TaskEventInput!): TaskEvent @aws_iam
    }
    type Subscription {
      onTaskEvent(id: ID): TaskEvent @aws_subscribe(mutations: ["publishTaskEvent"])
    }
    type Task { id: ID!  version: Int! }
    input GiveTaskInput { id: ID!  what: String! }
    type TaskEvent @aws_api_key @aws_iam {
      id: ID!  number: Int!  type: String!  created: AWSDateTime!  what: String
      commandId: ID  traceId: String  truncated: Boolean
    }
    input TaskEventInput {
      id: ID!  number: Int!  type: String!  created: AWSDateTime!  what: String
      commandId: ID  traceId: String  truncated: Boolean
    }`,
  'lib/chores/index.ts': `
    import { Aggregate } from '${FRAMEWORK}/index.ts'
    export class Task extends Aggregate<any> {
      give(what: string) { return this.commit({ type: 'TaskGiven', what }) }
      onTaskGiven() {}
    }`,
  'resolvers/chores/queries.ts': 'export const queries = { task: () => null }',
  'resolvers/chores/commands.ts': `
    import { bind, dynamoDBEventStore } from '${FRAMEWORK}/index.ts'
    import { Task } from '../../lib/chores/index.ts'
    bind(Task, dynamoDBEventStore({ tableName: process.env.TASK_TABLE }))
    export const commands = {
      async giveTask({ input }: { input: { id: string; what: string } }) {
        const task = new Task(input.id)
        await task.give(input.what)
        return { id: task.id, version: task.version }
      },
    }`,
  'resolvers/chores/reactions.ts': `
    import { bind, dynamoDBEventStore } from '${FRAMEWORK}/index.ts'
    import { reactor } from '${FRAMEWORK}/reactions/index.ts'
    import { Task } from '../../lib/chores/index.ts'
    bind(Task, dynamoDBEventStore({ tableName: process.env.TASK_TABLE }))
    const doing: Record<string, () => unknown> = {
      note: () => {},
      throw: () => { throw new Error('it throws') },
      hang: () => new Promise(() => {}),
      exit: () => process.exit(1),
      spin: () => { for (;;); },
      memory: () => {
        const kept: number[][] = []
        for (;;) kept.push(new Array(1_000_000).fill(Math.random()))
      },
    }
    export const reactions = {
      worker: reactor(Task, {
        begins: 'beginning', patience: 500, tries: 2,
        onTaskGiven: ({ what }: { what: string }) => doing[what]?.(),
      }),
    }`,
}

let sources: string
let run: LocalRun

beforeAll(async () => {
  // The bundler requires every entry to be inside the project.
  sources = mkdtempSync(join(ROOT, 'test/.traps-'))
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(sources, path)), { recursive: true })
    writeFileSync(join(sources, path), text)
  }
  const outdir = newFolder('traps')
  const app = new App({ outdir })
  const api = new EventSourcingApi(new Stack(app, 'Traps'), 'Api', {
    schema: join(sources, 'schema.graphql'),
    domains: join(sources, 'lib'),
    resolvers: join(sources, 'resolvers'),
  })
  api.addDomain('chores', { resources: ['Task'] })
  const dispatcher = api.node.findChild('Reactions').node.findChild('Function').node.defaultChild
  // The timeout of the stack, five minutes, is too long for a test.
  if (dispatcher instanceof CfnFunction) dispatcher.timeout = 12
  app.synth()
  run = await LocalRun.start(undefined, {}, ['--assembly', outdir, '--minute', '300'])
}, 120_000)

afterAll(async () => {
  rmSync(sources, { recursive: true, force: true })
  await run?.remove()
}, 30_000)

async function give(id: string, what: string): Promise<void> {
  const mutation = 'mutation ($input: GiveTaskInput!) { giveTask(input: $input) { id version } }'
  const { errors } = await run.graphql(mutation, { input: { id, what } })
  expect(errors).toBeUndefined()
}

/** Waits for the dispatcher's log line about an event, and returns the line. */
const line = (id: string, number: number, level: 'INFO' | 'ERROR', within: number) =>
  eventually(async () => {
    const about = new RegExp(`${level} .*'reaction'.* id: '${id}', number: ${number}, .*`)
    return about.exec(run.output)?.[0]
  }, within)

test.each([
  ['throws', 'throw', /it throws/],
  ['never returns', 'hang', /took longer than 500 ms/],
  ['keeps the processor busy without end', 'spin', /ended in the middle of it/],
  ['ends the process', 'exit', /ended in the middle of it/],
  ['exhausts the memory', 'memory', /ended in the middle of it/],
])(
  'a handler that %s is parked after its attempts, and does not block other resources',
  async (_, what, reason) => {
    await give(`${what}-before`, 'note')
    await give(`${what}-bad`, what)
    await give(`${what}-bad`, 'note')
    await give(`${what}-beside`, 'note')
    // Reactions that were running in a process that ended are retried when their leases expire.
    for (const other of ['before', 'beside']) await line(`${what}-${other}`, 1, 'INFO', 30_000)
    expect(await line(`${what}-bad`, 1, 'ERROR', 60_000)).toMatch(reason)
    // The shard has moved on, so new events are handled at once.
    await give(`${what}-after`, 'note')
    await line(`${what}-after`, 1, 'INFO', 5000)
    expect(run.output).not.toMatch(new RegExp(`'reaction'.* id: '${what}-bad', number: 2`))
  },
  120_000,
)
