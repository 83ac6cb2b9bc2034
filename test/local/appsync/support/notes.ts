import type { Principal } from '../../../../lib/local/access/iam.ts'
import type {
  ApiDefinition,
  AppSyncLogEntry,
  AppSyncOptions,
  AppSyncServer,
  DataSource,
} from '../../../../lib/local/appsync/index.ts'
import { startAppSync } from '../../../../lib/local/appsync/index.ts'
import type {
  InvocationResult,
  InvokeOptions,
  LocalFunction,
} from '../../../../lib/local/lambda/local-function.ts'

export const API_KEY = 'da2-0123456789abcdef'

export const PUBLISHER: Principal = {
  arn: 'arn:aws:sts::123456789012:assumed-role/Publisher/session',
  accessKeyId: 'ASIAPUBLISHER',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  allows: (action, resource) =>
    action === 'appsync:GraphQL' && /\/types\/(Mutation|Subscription)\/fields\//.test(resource),
}

export const SCHEMA = `
type Query {
  note(id: ID!): Note
  notes: [Note!]!
  strict: Note!
  secret: String @aws_iam
  echo(text: String, when: AWSDateTime, data: AWSJSON): String
}

type Mutation {
  writeNote(id: ID!, text: String): Note
  publishNote(id: ID!, number: Int!, tags: [String!], details: AWSJSON): NoteEvent @aws_iam
  publishHidden(id: ID!): Hidden @aws_iam
  publishKeyOnly(id: ID!): KeyOnly @aws_iam
}

type Subscription {
  onNote(id: ID, number: Int): NoteEvent @aws_subscribe(mutations: ["publishNote"])
  onBigNote(id: ID, above: Int): NoteEvent @aws_subscribe(mutations: ["publishNote"])
  onHidden: Hidden @aws_subscribe(mutations: ["publishHidden"])
  onKeyOnly: KeyOnly @aws_subscribe(mutations: ["publishKeyOnly"])
  onSignedNote: NoteEvent @aws_subscribe(mutations: ["publishNote"]) @aws_iam
}

type Note {
  id: ID!
  text: String
  size: Int
  parent: Note
  locked: String @aws_iam
  written: AWSDateTime
}

type NoteEvent @aws_iam @aws_api_key {
  id: ID!
  number: Int!
  tags: [String!]
  details: AWSJSON
}

type Hidden @aws_iam { id: ID! }
type KeyOnly { id: ID! }
`

/** Passes the arguments to the data source, and returns its answer. */
export const PASS = `
import { util } from '@aws-appsync/utils'
export function request(ctx) { return { operation: 'Invoke', payload: ctx.args } }
export function response(ctx) { return ctx.result }
`

const ABOVE = `
import { extensions } from '@aws-appsync/utils'
export function request(ctx) { return { payload: null } }
export function response(ctx) {
  extensions.setSubscriptionFilter({
    filterGroup: [{ filters: [{ fieldName: 'number', operator: 'gt', value: ctx.args.above }] }],
  })
  return null
}
`

const NONE: DataSource = { type: 'NONE', name: 'None' }

type ApiOptions = Partial<Omit<ApiDefinition, 'resolvers'>> & {
  /** The sources by `Type.field`: a function, a script without a data source, or both. */
  readonly fields?: Readonly<Record<string, LocalFunction | string | [string, LocalFunction]>>
}

/** Returns an API for notes. Its publish mutations return their arguments. */
export function notesApi({ fields = {}, ...options }: ApiOptions = {}): ApiDefinition {
  const all = {
    'Mutation.publishNote': PASS,
    'Mutation.publishHidden': PASS,
    'Mutation.publishKeyOnly': PASS,
    'Subscription.onBigNote': ABOVE,
    ...fields,
  }
  return {
    apiId: 'notesapi',
    arn: 'arn:aws:appsync:eu-central-1:123456789012:apis/notesapi',
    name: 'Notes',
    region: 'eu-central-1',
    schema: SCHEMA,
    authProviders: [{ mode: 'API_KEY' }, { mode: 'AWS_IAM' }],
    apiKeys: [{ key: API_KEY, expires: Date.now() / 1000 + 3600 }],
    queryDepthLimit: 0,
    resolverCountLimit: 0,
    introspection: true,
    xray: true,
    ...options,
    resolvers: Object.entries(all).map(([field, source]) => {
      const [typeName = '', fieldName = ''] = field.split('.')
      const [code, dataSource] = parts(source)
      return { logicalId: `${typeName}${fieldName}Resolver`, typeName, fieldName, code, dataSource }
    }),
  }
}

function parts(source: LocalFunction | string | [string, LocalFunction]): [string, DataSource] {
  if (typeof source === 'string') return [source, NONE]
  const [code, host] = Array.isArray(source) ? source : [PASS, source]
  return [code, { type: 'AWS_LAMBDA', name: host.logicalId, function: host }]
}

export interface Running extends AppSyncServer {
  readonly logged: AppSyncLogEntry[]
  readonly segments: object[]
}

/** Starts the API on a free port. `stopApis` stops it. */
export async function startApi(
  api: ApiDefinition = notesApi(),
  options: Partial<AppSyncOptions> = {},
): Promise<Running> {
  const logged: AppSyncLogEntry[] = []
  const segments: object[] = []
  const server = await startAppSync({
    api,
    port: 0,
    principal: (accessKeyId) => (accessKeyId === PUBLISHER.accessKeyId ? PUBLISHER : undefined),
    log: (entry) => logged.push(entry),
    segment: (document) => segments.push(document),
    ...options,
  })
  running.add(server)
  return Object.assign(server, { logged, segments })
}

const running = new Set<AppSyncServer>()

export async function stopApis(): Promise<void> {
  await Promise.all([...running].map((server) => server.close()))
  running.clear()
}

/**
 * Returns a function that calls `answer`. An error that `answer` throws is the function's failure.
 */
export function functionOf(
  answer: (payload: unknown, options: InvokeOptions) => unknown,
): LocalFunction {
  return {
    logicalId: 'Function',
    arn: 'arn:aws:lambda:eu-central-1:123456789012:function:Function',
    async invoke(payload, options = {}): Promise<InvocationResult> {
      try {
        return { status: 'ok', payload: await answer(payload, options) }
      } catch (error) {
        const { name, message } = error instanceof Error ? error : new Error(String(error))
        return { status: 'failed', error: { errorType: name, errorMessage: message } }
      }
    },
  }
}
