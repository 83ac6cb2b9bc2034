import { TaskApp } from './task-app.ts'

const LIB = '../../../../lib'

const ATTRIBUTES = `
  id: ID!
  number: Int!
  type: String!
  created: AWSDateTime!
  commandId: ID
  traceId: String
  truncated: Boolean
  note: String
`

const FILES = {
  'schema.graphql': `type Query {
  task(id: ID!, version: Int, at: AWSDateTime): Task
  tasks(limit: Int, nextToken: String): TaskPage!
  taskEvents(id: ID!, after: Int, limit: Int): [TaskEvent!]!
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
  version: Int!
  note: String
}
type TaskPage {
  items: [Task!]!
  nextToken: String
}
input GiveTaskInput {
  id: ID
  commandId: ID
  expectedVersion: Int
  as: String!
  note: String!
}
type TaskEvent @aws_api_key @aws_iam {${ATTRIBUTES}}
input TaskEventInput {${ATTRIBUTES}}
`,
  'lib/chores/index.ts': `import { Aggregate, EventRejected } from '${LIB}/event-sourcing/index.ts'
export class Task extends Aggregate<any> {
  static override readonly upcasters: any = {
    OldTaskGiven: ({ note }: any) => { throw new RangeError('cannot read ' + note) },
  }
  note: unknown = null
  give(as: string, note: string, options: any) {
    return this.commit(() => {
      if (as === 'refused')
        throw new EventRejected('got ' + note, { reference: note, type: note, value: { note } })
      if (as === 'bug') throw new RangeError('cannot give ' + note)
      if (as === 'text') throw note
      if (as === 'misfit') return { type: 'TaskGiven', note: { note } }
      if (as === 'large') return { type: 'TaskGiven', note: note.repeat(60_000) }
      if (as === 'truncated') return { type: 'TaskGiven', note: note.repeat(40_000) }
      if (as === 'old') return { type: 'OldTaskGiven', note }
      if (as === 'reaction') return { type: 'HardTaskGiven', note }
      return { type: 'TaskGiven', note }
    }, options)
  }
  onTaskGiven({ note }: any) { this.note = note }
  onHardTaskGiven({ note }: any) { this.note = note }
  onOldTaskGiven({ note }: any) { this.note = note }
}
`,
  'resolvers/chores/queries.ts': undefined,
  'resolvers/chores/commands.ts': `import { command } from '${LIB}/appsync/index.ts'
import { Task } from '../../lib/chores/index.ts'
export const commands = {
  giveTask: command(Task, (task, { as, note }: any, options) => task.give(as, note, options)),
}
`,
  'resolvers/chores/reactions.ts': `import { reactor } from '${LIB}/event-sourcing/reactions/index.ts'
import { Task } from '../../lib/chores/index.ts'
export const reactions = {
  work: reactor(Task as any, {
    begins: 'beginning',
    async onHardTaskGiven({ note }: any) { throw new RangeError('cannot work on ' + note) },
  } as any),
}
`,
}

/** A small app whose rules, upcasters and reactions put the values that they get into errors. */
export function privateApp(): TaskApp {
  const app = new TaskApp()
  for (const [path, text] of Object.entries(FILES)) {
    if (text === undefined) app.delete(path)
    else app.write(path, text)
  }
  return app
}
