import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const ROOT = join(__dirname, '../..')
const LIB = '../../../../lib'

const FILES = {
  'cdk.json': JSON.stringify({ app: 'tsx app.ts' }),
  'app.ts': `import { App, Stack } from 'aws-cdk-lib'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'

const stack = new Stack(new App(), 'Tasks')
const api = new EventSourcingApi(stack, 'Api', {
  schema: 'schema.graphql',
  resolvers: import.meta.dirname + '/resolvers',
})
api.addDomain('chores', { resources: ['Task'] })
`,
  'schema.graphql': `type Query {
  task(id: ID!): Task
}
type Mutation {
  giveTask(input: GiveTaskInput!): Task!
  publishTaskEvent(event: TaskEventInput!): TaskEvent @aws_iam
}
type Subscription {
  onTaskEvent(id: ID): TaskEvent @aws_subscribe(mutations: ["publishTaskEvent"])
}
type Task {
  id: ID!
  answer: String
}
input GiveTaskInput {
  id: ID!
  wait: Int
}
type TaskEvent @aws_api_key @aws_iam {
  id: ID!
  number: Int!
  type: String!
  created: AWSDateTime!
  commandId: ID
  traceId: String
  truncated: Boolean
}
input TaskEventInput {
  id: ID!
  number: Int!
  type: String!
  created: AWSDateTime!
  commandId: ID
  traceId: String
  truncated: Boolean
}
`,
  'lib/chores/index.ts': `import { Aggregate } from '${LIB}/event-sourcing/index.ts'
export class Task extends Aggregate<any> {
  given = 0
  give() { return this.commit({ type: 'TaskGiven' }) }
  onTaskGiven() { this.given += 1 }
}
`,
  'lib/chores/answer.ts': `export const answer = 'old'
`,
  'resolvers/chores/queries.ts': `import { answer } from '../../lib/chores/answer.ts'
export const queries = { task: ({ id }: { id: string }) => ({ id, answer }) }
`,
  'resolvers/chores/commands.ts': `import { bind, dynamoDBEventStore } from '${LIB}/event-sourcing/index.ts'
import { answer } from '../../lib/chores/answer.ts'
import { Task } from '../../lib/chores/index.ts'
bind(Task, dynamoDBEventStore({ tableName: process.env.TASK_TABLE }))
export const commands = {
  async giveTask({ input }: { input: { id: string; wait?: number } }) {
    if (input.wait) console.info('waiting')
    await new Promise((done) => setTimeout(done, input.wait ?? 0))
    const task = new Task(input.id)
    await task.give()
    return { id: task.id, answer: answer + ' ' + task.given }
  },
}
`,
}

/** A small app whose sources a test can change. Its folder is inside the project. */
export class TaskApp {
  readonly folder: string

  constructor() {
    this.folder = mkdtempSync(join(ROOT, 'test/.reload-'))
    for (const [path, text] of Object.entries(FILES)) this.write(path, text)
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8')
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), text)
  }

  /** Replaces a text in a file. Fails if the file does not contain it. */
  change(path: string, from: string, to: string): void {
    const text = this.read(path)
    if (!text.includes(from)) throw new Error(`${path} does not have ${from}`)
    this.write(path, text.replace(from, to))
  }

  delete(path: string): void {
    rmSync(join(this.folder, path))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}
