import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { apiDefinition } from './api.ts'
import type { ApiDefinition } from './appsync/api-definition.ts'
import type { Assembly } from './assembly.ts'
import { Events } from './events.ts'
import { type Faults, NO_FAULTS } from './faults/index.ts'
import type { Principal } from './iam.ts'
import { type Functions, type Log, startFunctions } from './lambda/index.ts'
import { Queues } from './queues/index.ts'
import type { CodeFolders } from './reload/function-code.ts'
import { type KnownCredentials, rolesOf } from './roles.ts'
import { schedulesOf } from './schedules.ts'
import type { StateFolder } from './state-folder.ts'
import { mappingDefinitions, StreamClient } from './streams/index.ts'
import { createTables, type LocalTable, removeNewTables, streamLabel } from './tables.ts'
import { type Environment, Template } from './template/index.ts'
import type { Traces } from './traces.ts'

/** AWS accounts have twelve digits; this one does not exist. */
const ACCOUNT = '000000000000'
/** How long invocations under way may take to end at a stop, in milliseconds. */
const GRACE = 1000

export interface StackOptions {
  readonly assembly: Assembly
  /** Where functions run from, by logical ids. Default: from their assets. */
  readonly code?: CodeFolders
  /** Whether a debugger may attach to functions, and time is unlimited. Default: false. */
  readonly inspect?: boolean
  readonly region: string
  readonly state: StateFolder
  readonly dynamodbEndpoint: string
  /** Where the functions find DynamoDB. Default: the same. */
  readonly functionsDynamodbEndpoint?: string
  readonly traces: Traces
  /** The credentials of the stack that this one replaces. Default: none. */
  readonly credentials?: KnownCredentials
  /** Where the API will be served: functions may have these in their environment. */
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  /** How long a minute of a schedule lasts, in milliseconds. */
  readonly minute: number
  /** What goes wrong on purpose. Default: nothing. */
  readonly faults?: Faults
  readonly log: Log
  /** Hears of a stream that cannot be read; it is read again. */
  readonly report: (problem: unknown) => void
}

/** The resources of a template, standing on this machine. Its API is still to be served. */
export interface Stack {
  readonly api: ApiDefinition
  readonly functions: Functions
  /** Whoever sits at this machine. */
  readonly operator: Principal
  readonly events: Events
  /** Whoever has an access key of this run. */
  principal(accessKeyId: string): Principal | undefined
  /** Stops, and removes the tables that this stack has made: it was never served. */
  abandon(): Promise<void>
  /** Lets invocations under way end, in the time that each has, and stops. */
  retire(): Promise<void>
  stop(): Promise<void>
}

/** Throws a `TemplateError` for whatever cannot stand here, and leaves nothing behind. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { assembly, region, state, dynamodbEndpoint, traces, report, faults = NO_FAULTS } = options
  const dynamodb = new DynamoDBClient({
    endpoint: dynamodbEndpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const streams = new StreamClient(dynamodbEndpoint)
  let events: Events | undefined
  let functions: Functions | undefined
  const stop = async () => {
    // Together: a mapping waits for its function, which is given only so much time.
    await Promise.all([events?.stop(), functions?.stop(GRACE)])
    dynamodb.destroy()
    streams.destroy()
  }
  let tables: LocalTable[] = []
  try {
    const apiKeys = new Map<string, string>()
    const labels = new Map<string, string>()
    const environment: Environment = {
      region,
      accountId: ACCOUNT,
      stackName: assembly.stackName,
      graphqlUrl: options.graphqlUrl,
      realtimeUrl: options.realtimeUrl,
      apiKey: (logicalId) => apiKeys.get(logicalId),
      streamLabel: (logicalId) => labels.get(logicalId),
    }
    const template = new Template(assembly.template, environment)
    const keyIds = template.resources('AWS::AppSync::ApiKey').map(({ logicalId }) => logicalId)
    for (const [id, key] of await state.apiKeys(keyIds)) apiKeys.set(id, key)
    tables = await createTables(template, dynamodb)
    for (const table of tables) {
      const label = streamLabel(table)
      if (label) labels.set(table.logicalId, label)
    }
    const roles = rolesOf(template, ACCOUNT, options.credentials)
    const started = startFunctions({
      template,
      assembly,
      run: { code: options.code ?? new Map(), inspect: options.inspect ?? false },
      roles,
      endpoints: {
        region,
        dynamodb: options.functionsDynamodbEndpoint ?? dynamodbEndpoint,
        xrayDaemon: traces.address,
      },
      log: options.log,
      trace: (segment) => traces.add(segment),
      faults,
    })
    functions = started
    const { inspect = false } = options
    const source = { template, assembly, functions: started, region, apiKeys, inspect }
    const api = await apiDefinition(source)
    const mappings = mappingDefinitions(template, tables, started)
    const schedules = schedulesOf(template, started)
    const queues = new Queues({ template, functions: started, state })
    const { minute } = options
    const handing = { mappings, queues, schedules, minute, client: streams, state, report, faults }
    const opened = new Events(handing)
    events = opened
    return {
      api,
      functions: started,
      operator: roles.operator,
      events: opened,
      principal: (accessKeyId) => roles.ofAccessKey(accessKeyId),
      async abandon() {
        await removeNewTables(tables, dynamodb)
        await stop()
      },
      async retire() {
        await started.drain()
        await stop()
      },
      stop,
    }
  } catch (error) {
    await removeNewTables(tables, dynamodb)
    await stop()
    throw error
  }
}
