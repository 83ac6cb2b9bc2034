import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { apiDefinition } from './api.ts'
import type { ApiDefinition } from './appsync/api-definition.ts'
import type { Assembly } from './assembly.ts'
import { type Faults, NO_FAULTS } from './faults/index.ts'
import type { Principal } from './iam.ts'
import { type Functions, type Log, startFunctions } from './lambda/index.ts'
import { Queues } from './queues/index.ts'
import { rolesOf } from './roles.ts'
import { runSchedules, schedulesOf } from './schedules.ts'
import type { StateFolder } from './state-folder.ts'
import { EventSourceMapping, mappingDefinitions, StreamClient } from './streams/index.ts'
import { createTables, streamLabel } from './tables.ts'
import { type Environment, Template } from './template/index.ts'
import type { Traces } from './traces.ts'

/** AWS accounts have twelve digits; this one does not exist. */
const ACCOUNT = '000000000000'
/** How long invocations under way may take to end at a stop, in milliseconds. */
const GRACE = 1000

export interface StackOptions {
  readonly assembly: Assembly
  readonly region: string
  readonly state: StateFolder
  readonly dynamodbEndpoint: string
  /** Where the functions find DynamoDB. Default: the same. */
  readonly functionsDynamodbEndpoint?: string
  readonly traces: Traces
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
  /** Whoever has an access key of this run. */
  principal(accessKeyId: string): Principal | undefined
  /**
   * Begins to hand over the tables' streams and the queues, and to run schedules: when the API is
   * there for the functions to call.
   */
  startEvents(): Promise<void>
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
  const running: EventSourceMapping[] = []
  let queues: Queues | undefined
  let stopSchedules = () => {}
  let functions: Functions | undefined
  const stop = async () => {
    stopSchedules()
    // Together: a mapping waits for its function, which is given only so much time.
    await Promise.all([
      ...running.map((mapping) => mapping.stop()),
      queues?.stop(),
      functions?.stop(GRACE),
    ])
    dynamodb.destroy()
    streams.destroy()
  }
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
    const tables = await createTables(template, dynamodb)
    for (const table of tables) {
      const label = streamLabel(table)
      if (label) labels.set(table.logicalId, label)
    }
    const roles = rolesOf(template, ACCOUNT)
    const started = startFunctions({
      template,
      assembly,
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
    const api = await apiDefinition({ template, assembly, functions: started, region, apiKeys })
    const mappings = mappingDefinitions(template, tables, started)
    const schedules = schedulesOf(template, started)
    const opened = new Queues({ template, functions: started, state })
    queues = opened
    return {
      api,
      functions: started,
      operator: roles.operator,
      principal: (accessKeyId) => roles.ofAccessKey(accessKeyId),
      async startEvents() {
        await opened.start()
        for (const mapping of mappings) {
          const checkpointFile = state.checkpoint(mapping.logicalId)
          const send = (queue: string, message: object) => opened.send(queue, message)
          const starting = { client: streams, checkpointFile, send, report, faults }
          running.push(await EventSourceMapping.start(mapping, starting))
        }
        stopSchedules = runSchedules(schedules, options.minute)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
