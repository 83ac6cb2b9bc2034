import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { CfnFunction } from 'aws-cdk-lib/aws-lambda'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { eventually } from './eventually.ts'
import { LocalRun } from './local-run.ts'
import { newFolder } from './run-folder.ts'

export interface ChoresOptions {
  /** The reactor's time limit for one event, in milliseconds. */
  readonly patience: number
  readonly tries: number
  /** The dispatcher's timeout in seconds, instead of the stack's five minutes. */
  readonly timeout?: number
}

const ROOT = join(__dirname, '../..')
const FRAMEWORK = '../../../../lib/event-sourcing'
const filesOf = ({ patience, tries }: ChoresOptions) => ({
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
      slow: () => {
        console.info('slow begins')
        return new Promise((resolve) => setTimeout(resolve, 1500))
      },
      exit: () => process.exit(1),
      spin: () => { for (;;); },
      memory: () => {
        const kept: number[][] = []
        for (;;) kept.push(new Array(1_000_000).fill(Math.random()))
      },
    }
    export const reactions = {
      worker: reactor(Task, {
        begins: 'beginning', patience: ${patience}, tries: ${tries},
        onTaskGiven: ({ what }: { what: string }) => doing[what]?.(),
      }),
    }`,
})

/**
 * A local run of a domain whose reactor runs the instruction in an event, even a harmful one.
 */
export class Chores {
  run: LocalRun
  readonly #sources: string
  readonly #args: readonly string[]

  private constructor(run: LocalRun, sources: string, args: readonly string[]) {
    this.run = run
    this.#sources = sources
    this.#args = args
  }

  static async start(options: ChoresOptions): Promise<Chores> {
    // The bundler requires every entry to be inside the project.
    const sources = mkdtempSync(join(ROOT, 'test/.chores-'))
    for (const [path, text] of Object.entries(filesOf(options))) {
      mkdirSync(dirname(join(sources, path)), { recursive: true })
      writeFileSync(join(sources, path), text)
    }
    const outdir = newFolder('chores')
    const app = new App({ outdir })
    const api = new EventSourcingApi(new Stack(app, 'Chores'), 'Api', {
      schema: join(sources, 'schema.graphql'),
      domains: join(sources, 'lib'),
      resolvers: join(sources, 'resolvers'),
    })
    api.addDomain('chores', { resources: ['Task'] })
    const dispatcher = api.node.findChild('Reactions').node.findChild('Function').node.defaultChild
    const { timeout } = options
    if (dispatcher instanceof CfnFunction && timeout !== undefined) dispatcher.timeout = timeout
    app.synth()
    const args = ['--assembly', outdir, '--minute', '300']
    return new Chores(await LocalRun.start(undefined, {}, args), sources, args)
  }

  /** Kills the run, and starts it again on its data. */
  async restart(): Promise<void> {
    await this.run.end('SIGKILL')
    this.run = await LocalRun.start(this.run.folder, {}, this.#args)
  }

  async remove(): Promise<void> {
    rmSync(this.#sources, { recursive: true, force: true })
    await this.run.remove()
  }

  async give(id: string, what: string): Promise<void> {
    const mutation = 'mutation ($input: GiveTaskInput!) { giveTask(input: $input) { id version } }'
    const { errors } = await this.run.graphql(mutation, { input: { id, what } })
    expect(errors).toBeUndefined()
  }

  /** Waits for the dispatcher's log line about an event, and returns the line. */
  line(id: string, number: number, level: 'INFO' | 'ERROR', within: number): Promise<string> {
    const about = new RegExp(`${level} .*'reaction'.* id: '${id}', number: ${number}, .*`)
    return eventually(async () => about.exec(this.run.output)?.[0], within)
  }
}
