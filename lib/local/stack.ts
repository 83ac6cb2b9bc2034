import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Decision, Principal, RolePrincipal } from './access/iam.ts'
import { type KnownCredentials, rolesOf } from './access/roles.ts'
import { apiDefinition } from './api.ts'
import type { ApiDefinition } from './appsync/api-definition.ts'
import type { Assembly } from './assembly.ts'
import { type DynamoDBProxy, permissionCheck, startDynamoDBProxy } from './dynamodb/proxy/index.ts'
import { TableWrites } from './dynamodb/table-writes.ts'
import {
  createTables,
  type LocalTable,
  removeNewTables,
  streamLabel,
  templateTables,
} from './dynamodb/tables.ts'
import {
  PublishedEvents,
  type PutEventsEndpoint,
  startPutEventsEndpoint,
} from './event-bus/index.ts'
import { Events } from './events.ts'
import { type Faults, NO_FAULTS } from './faults/index.ts'
import {
  AsyncInvocations,
  asyncConfigs,
  type InvokeEndpoint,
  invokedBy,
  startInvokeEndpoint,
} from './invocations/index.ts'
import { type Functions, type Log, type StartEnvironment, startFunctions } from './lambda/index.ts'
import { type AlarmDefinition, alarmsOf } from './monitoring/index.ts'
import { Queues } from './queues/index.ts'
import type { CodeFolders } from './reload/function-code.ts'
import { schedulesOf } from './schedules.ts'
import type { StateFolder } from './state-folder.ts'
import { mappingDefinitions, StreamClient } from './streams/index.ts'
import { type Environment, type Ignored, Template } from './template/index.ts'
import type { Traces } from './traces.ts'
import { type UserPool, userPoolsOf } from './users/user-pools.ts'

/** A fictitious AWS account. Account ids have twelve digits. */
const ACCOUNT = '000000000000'
/** The variable of a function that calls EventBridge. */
const EVENT_BRIDGE = 'AWS_ENDPOINT_URL_EVENTBRIDGE'
/** The time for running invocations to finish at a stop, in milliseconds. */
const GRACE = 1000

export interface StackOptions {
  readonly assembly: Assembly
  /** The folders that functions run from, by logical ids. Default: their assets. */
  readonly code?: CodeFolders
  /** Whether a debugger may attach to functions, and time is unlimited. Default: false. */
  readonly inspect?: boolean
  readonly region: string
  readonly state: StateFolder
  /** The endpoint of the emulator. Functions reach it through a proxy that checks permissions. */
  readonly dynamodbEndpoint: string
  readonly traces: Traces
  /** The address that gets each published event. Default: none. */
  readonly webhook?: string | undefined
  /** The credentials of the stack that this one replaces. Default: none. */
  readonly credentials?: KnownCredentials
  /** The URLs of the API. Functions may have them in their environment. */
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  /** The length of a schedule's minute, in milliseconds. */
  readonly minute: number
  /** How many times sooner wake-ups come than reactors ask for. Default: 1. */
  readonly hurry?: number
  /** The faults to inject. Default: none. */
  readonly faults?: Faults
  /** Starts an execution environment of a function. Default: a thread. */
  readonly startEnvironment?: StartEnvironment | undefined
  readonly log: Log
  /** Receives each distinct decision about a permission. Default: decisions are not recorded. */
  readonly onDecision?: (decision: Decision) => void
  /** Receives the error of a stream read that is retried. */
  readonly report: (problem: unknown) => void
}

/** The running resources of a template. The caller serves its API. */
export interface Stack {
  readonly api: ApiDefinition
  readonly functions: Functions
  /** The user of this machine. */
  readonly operator: Principal
  readonly events: Events
  /** The alarms on single metrics. */
  readonly alarms: readonly AlarmDefinition[]
  /** The resources of the template that this stack leaves out. */
  readonly ignored: readonly Ignored[]
  /** The user pools of the template that the API uses, in the order of its modes. */
  readonly userPools: readonly UserPool[]
  /** The names of the tables, by the environment variables that functions read them from. */
  readonly tableVariables: Readonly<Record<string, string>>
  /** Whether a function publishes events to an event bus. */
  readonly publishes: boolean
  /** Returns the principal that owns an access key of this run. */
  principal(accessKeyId: string): RolePrincipal | undefined
  /** Stops a stack that was never served, and removes the tables that it has created. */
  abandon(): Promise<void>
  /** Lets running invocations finish within their own time limits, then stops. */
  retire(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the stack. Throws a `TemplateError` for unsupported resources. A failed start removes the
 * tables that it has created, and stops all parts.
 */
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
  let proxy: DynamoDBProxy | undefined
  let lambda: InvokeEndpoint | undefined
  let buses: PutEventsEndpoint | undefined
  const published = new PublishedEvents({ file: state.published, webhook: options.webhook })
  const stop = async () => {
    // Stops both at once: a mapping waits for its function, whose time is limited.
    await Promise.all([events?.stop(), functions?.stop(GRACE)])
    await Promise.all([proxy?.stop(), lambda?.stop(), buses?.stop()])
    published.close()
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
    const userPools = await userPoolsOf(template, await state.userPools())
    tables = await createTables(template, dynamodb)
    for (const table of tables) {
      const label = streamLabel(table)
      if (label) labels.set(table.logicalId, label)
    }
    const roles = rolesOf(template, {
      accountId: ACCOUNT,
      region,
      onDecision: (decision) => recorded(decision, options, functions),
      ...(options.credentials && { known: options.credentials }),
    })
    const writes = new TableWrites()
    proxy = await startDynamoDBProxy({
      target: dynamodbEndpoint,
      faults,
      check: permissionCheck((key) => roles.ofAccessKey(key), templateTables(template)),
      onWrite: (tableArn) => writes.announce(tableArn),
    })
    lambda = await startInvokeEndpoint()
    buses = await startPutEventsEndpoint()
    const started = startFunctions({
      template,
      assembly,
      run: { code: options.code ?? new Map(), inspect: options.inspect ?? false },
      roles,
      endpoints: {
        region,
        dynamodb: proxy.endpoint,
        lambda: lambda.url,
        eventBridge: buses.url,
        xrayDaemon: traces.address,
      },
      // The dispatcher of a development stage reads the same variable.
      variables: { WAKE_UP_HURRY: `${options.hurry ?? 1}` },
      log: options.log,
      trace: (segment) => traces.add(segment),
      faults,
      startEnvironment: options.startEnvironment,
    })
    functions = started
    const { inspect = false } = options
    const source = {
      template,
      assembly,
      functions: started,
      roles,
      region,
      apiKeys,
      userPools,
      inspect,
    }
    const api = await apiDefinition(source)
    await state.writeUserPools(userPools)
    const mappings = mappingDefinitions(template, tables, started)
    const schedules = schedulesOf(template, started, (rule, target) =>
      invokedBy(roles.ofService('events.amazonaws.com', rule), target),
    )
    const role = (arn: string) => started.principal(arn)
    const queues = new Queues({ template, functions: started, state, role })
    await roles.check()
    const { minute } = options
    const invocations = new AsyncInvocations({
      functions: started,
      configs: asyncConfigs(template, started),
      file: state.invocations,
      send: (functionArn, queue, message) => queues.sendAs(functionArn, queue, message),
      minute,
    })
    const opened = new Events({
      functions: started,
      mappings,
      queues,
      invocations,
      schedules,
      minute,
      client: streams,
      writes,
      state,
      report,
      faults,
    })
    events = opened
    const principal = (accessKeyId: string) => roles.ofAccessKey(accessKeyId)
    lambda.serve({
      region,
      functions: started,
      principal,
      enqueue: (target, payload, trace) => invocations.add(target, payload, trace),
    })
    buses.serve({ region, accountId: ACCOUNT, published, principal })
    return {
      api,
      functions: started,
      operator: roles.operator,
      events: opened,
      alarms: alarmsOf(template),
      ignored: template.ignored,
      userPools: poolsOfApi(api, userPools),
      tableVariables: tableVariables(template, tables),
      publishes: publishes(template),
      principal,
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

/** Records a decision, and logs a denial in the log of the function that lacks the right. */
function recorded(
  decision: Decision,
  { log, onDecision }: StackOptions,
  functions: Functions | undefined,
): void {
  onDecision?.(decision)
  const { principal, resource, denial } = decision
  if (denial === undefined) return
  const errorType = 'AccessDeniedException'
  const message = { errorType, errorMessage: denial }
  // The function that calls, or the function that is not called.
  const session = principal.split('/').at(-1) ?? principal
  const logger = functions?.find(session) ?? functions?.find(resource)
  log({
    function: logger?.logicalId ?? session,
    timestamp: new Date().toISOString(),
    level: 'ERROR',
    message,
  })
}

function poolsOfApi(
  { authProviders }: ApiDefinition,
  userPools: readonly UserPool[],
): readonly UserPool[] {
  return authProviders.flatMap((provider) =>
    'issuer' in provider ? userPools.filter(({ issuer }) => issuer === provider.issuer) : [],
  )
}

function publishes(template: Template): boolean {
  return template
    .resources('AWS::Lambda::Function')
    .some((resource) =>
      resource.properties().object('Environment').object('Variables').has(EVENT_BRIDGE),
    )
}

function tableVariables(
  template: Template,
  tables: readonly LocalTable[],
): Readonly<Record<string, string>> {
  const names = new Set(tables.map(({ name }) => name))
  const variables = template.resources('AWS::Lambda::Function').flatMap((resource) => {
    const environment = resource.properties().object('Environment').object('Variables')
    return environment.names().map((variable) => [variable, environment.text(variable)] as const)
  })
  return Object.fromEntries(variables.filter(([, value]) => names.has(value)))
}
