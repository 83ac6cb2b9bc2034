import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Principal } from './access/iam.ts'
import type { KnownCredentials } from './access/roles.ts'
import { type Assembly, readAssembly } from './assembly.ts'
import { startDynamoDB } from './dynamodb/index.ts'
import { faultsOf, NO_FAULTS } from './faults/index.ts'
import { JsonLines, JsonLinesFolder } from './json-lines.ts'
import type { Log, StartEnvironment } from './lambda/index.ts'
import { InstalledCode } from './lambda/installed-code.ts'
import { Metrics, startMonitoring } from './monitoring/index.ts'
import { codeFrame } from './process/code-frame.ts'
import { lockFolder } from './process/lock.ts'
import { ignoredWarning } from './process/terminal.ts'
import { startTypeCheck } from './process/type-check.ts'
import { type CodeFolders, FunctionCode } from './reload/function-code.ts'
import { startReloading } from './reload/index.ts'
import { certificateIn, keepCertificate, removeCertificate } from './serving/certificate.ts'
import type { Stack } from './stack.ts'
import { Started } from './started.ts'
import { type Credentials, type Outputs, StateFolder } from './state-folder.ts'
import { Assemblies } from './synthesis/index.ts'
import { TemplateError } from './template/index.ts'
import { startTraces } from './traces.ts'

export interface LocalOptions {
  /** The folder of cdk.json. Default: the working directory. */
  readonly app?: string
  /** A cloud assembly to run unchanged, instead of synthesizing the app. */
  readonly assembly?: string
  /** The name of the stack to run. Default: the only stack with a GraphQL API. */
  readonly stack?: string
  /** Default: 4000. 0: any free port. */
  readonly port?: number
  /** The state folder. Default: `.local` in the working directory. */
  readonly state?: string
  /** Whether tables, positions and API keys persist after the run. Default: true. */
  readonly keepData?: boolean
  /** The region that the run simulates. */
  readonly region: string
  /** Whether changed sources are reloaded. Default: false. */
  readonly watch?: boolean
  /**
   * Whether a debugger may attach: functions then have readable code and unlimited time. Default:
   * false.
   */
  readonly inspect?: boolean
  /**
   * Receives the type errors of the app, and a notice when they are fixed. Default: types are not
   * checked.
   */
  readonly types?: (text: string) => void
  /** The length of a schedule's minute, in milliseconds. Default: 60,000. */
  readonly minute?: number
  /** How many times sooner wake-ups come than reactors ask for. Default: 1. */
  readonly hurry?: number
  /** The file with a plan of faults to inject: for tests. Default: no faults. */
  readonly faults?: string
  /** The address that gets each published event. Default: none. */
  readonly webhook?: string
  /** Starts an execution environment of a function. Default: a thread of this process. */
  readonly startEnvironment?: StartEnvironment
  /** Receives the log entries of the functions and the API. */
  readonly log?: Log
  /** Prints a line about a reload. */
  readonly print?: (line: string) => void
  /** Receives errors that are retried. */
  readonly report?: (problem: unknown) => void
  /** Receives the reason why the run has become unusable. The caller must then stop it. */
  readonly onFailure?: (problem: Error) => void
  /** Cancels the start, and stops the parts that have been started. */
  readonly signal?: AbortSignal
}

const MINUTE = 60_000

export interface LocalRun {
  readonly outputs: Outputs
  /** Stops all parts of the run. Further calls wait for the same stop. */
  stop(): Promise<void>
  /** Removes the files that announce the run, before the process is killed. */
  abandon(): void
}

/**
 * Synthesizes a CDK app and runs its template on this machine. If a step fails, stops the parts
 * that earlier steps have started.
 */
export async function startLocal(options: LocalOptions): Promise<LocalRun> {
  const { keepData = true, region, report = () => {}, onFailure = () => {} } = options
  const state = new StateFolder(resolve(options.state ?? '.local'), keepData)
  const started = new Started()
  try {
    const faults = options.faults === undefined ? NO_FAULTS : faultsOf(options.faults)
    const lock = await lockFolder(state.path)
    started.add(() => lock.release())
    state.removeOutputs()
    started.add(() => state.forgetUserPools())
    const logs = new JsonLinesFolder((name) => state.log(name))
    started.add(() => logs.close())
    rmSync(state.decisions, { force: true })
    if (!keepData) rmSync(state.published, { force: true })
    const decisions = new JsonLines(state.decisions)
    started.add(() => decisions.close())
    const metrics = new Metrics()
    const log: Log = (entry) => {
      logs.append(entry.function, entry)
      metrics.record(entry)
      options.log?.(entry)
    }

    const certificate = await certificateIn(state.certificate)
    const code = new FunctionCode(new InstalledCode(state.code), options.inspect ?? false)
    started.add(() => code.stop())
    const assemblies = new Assemblies(options.app ?? '.', {
      folder: state.assemblies,
      state: state.path,
      stack: options.stack,
    })
    // The synthesis is a process of its own and takes longest. The parts that need no template
    // start meanwhile, and this process loads the code that serves the API.
    const [assembly, dynamodb, traces, monitoring, server, startStack] = await together(
      options.signal,
      (signal) => [
        options.assembly === undefined
          ? assemblies.current(signal)
          : readAssembly(options.assembly, options.stack),
        started.track(
          startDynamoDB(state.dynamodb === undefined ? {} : { dataDir: state.dynamodb }),
        ),
        started.track(startTraces(state.traces)),
        started.track(startMonitoring(metrics)),
        started.track(
          import('./serving/listen.ts').then(({ listen }) =>
            listen({ port: options.port ?? 4000, log, faults, certificate }),
          ),
        ),
        import('./stack.ts').then((code) => code.startStack),
      ],
    )
    const { graphqlUrl, realtimeUrl, consoleUrl } = server

    const credentials: KnownCredentials = new Map()
    const stackOf = (from: Assembly, folders: CodeFolders) =>
      placed(
        from,
        startStack({
          assembly: from,
          code: folders,
          inspect: options.inspect ?? false,
          region,
          state,
          dynamodbEndpoint: dynamodb.endpoint,
          faults,
          startEnvironment: options.startEnvironment,
          traces,
          webhook: options.webhook,
          credentials,
          graphqlUrl,
          realtimeUrl,
          minute: options.minute ?? MINUTE,
          hurry: options.hurry ?? 1,
          log,
          onDecision: (decision) => decisions.append(decision),
          report,
        }),
      )
    const serve = ({ api, alarms, principal, userPools }: Stack) => {
      server.serve({ api, principal, userPools, trace: (segment) => traces.add(segment) })
      monitoring.serve({ region, alarms, principal })
    }

    const folders = await code.of(assembly)
    let stack = await stackOf(assembly, folders)
    started.add(() => stack.stop())
    serve(stack)
    await stack.events.start()
    options.signal?.throwIfAborted()

    const print = options.print ?? (() => {})
    if (options.webhook !== undefined && !stack.publishes)
      print('warning: the webhook gets no events, because the stack does not call publishEvents')
    let warning = ignoredWarning(stack.ignored)
    if (warning !== undefined) print(warning)
    const outputsOf = (
      { api, userPools, tableVariables, publishes }: Stack,
      { stackName }: Assembly,
    ): Outputs => {
      const apiKey = api.apiKeys[0]?.key
      const [pool] = userPools
      const [clientId] = pool?.clientIds ?? []
      return {
        graphqlUrl,
        realtimeUrl,
        consoleUrl,
        ...(apiKey && { apiKey }),
        ...(pool && { issuer: pool.issuer }),
        ...(clientId && { clientId }),
        dynamodbEndpoint: dynamodb.endpoint,
        cloudwatchEndpoint: monitoring.url,
        ...(publishes && { publishedEvents: state.published }),
        stackName,
        tables: tableVariables,
      }
    }
    const outputs = outputsOf(stack, assembly)
    await keepCertificate(certificate, state.certificate)
    if (!keepData) started.add(() => removeCertificate(state.certificate))
    started.add(() => state.removeOutputs())
    await state.writeOperator(credentialsOf(stack.operator, region))
    const writeTables = () =>
      state.writeTables({
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        ...stack.tableVariables,
      })
    await writeTables()
    await state.writeOutputs(outputs)

    const { watch = false, types } = options
    if (types && options.assembly === undefined) {
      const checking = startTypeCheck({ root: resolve(options.app ?? '.'), watch, report: types })
      started.add(() => checking.stop())
    }
    if (watch && options.assembly === undefined) {
      const reloading = {
        root: resolve(options.app ?? '.'),
        skip: [state.path],
        assemblies,
        code,
        assembly,
        folders,
        replaceCode: (logicalId: string, folder: string) =>
          stack.functions.replaceCode(logicalId, folder),
        async replaceStack(next: Assembly, code: CodeFolders) {
          const [before, after] = [stack, await stackOf(next, code)]
          try {
            serve(after)
          } catch (error) {
            await after.abandon()
            throw error
          }
          stack = after
          await before.events.stop()
          await after.events.start(before.events)
          before.retire().catch(report)
          const changed = ignoredWarning(after.ignored)
          if (changed !== undefined && changed !== warning) print(changed)
          warning = changed
          await writeTables()
          await state.writeOutputs(outputsOf(after, next))
        },
        print,
        report,
      }
      await started.track(startReloading(reloading))
    }

    let stopping = false
    void dynamodb.exited.then((output) => {
      if (!stopping)
        onFailure(new Error(`DynamoDB (${dynamodb.kind}) ended unexpectedly: ${output}`))
    })
    return {
      outputs,
      abandon() {
        state.removeOutputs()
        lock.release()
      },
      stop() {
        stopping = true
        return started.stop()
      },
    }
  } catch (error) {
    await started.stop()
    throw error
  }
}

function credentialsOf(principal: Principal, region: string): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken } = principal
  return { accessKeyId, secretAccessKey, sessionToken, region }
}

/** Adds to a TemplateError the place where the app created the resource. */
async function placed<T>(assembly: Assembly, starting: Promise<T>): Promise<T> {
  try {
    return await starting
  } catch (error) {
    const errors = error instanceof AggregateError ? error.errors : [error]
    const places = errors.flatMap((each) =>
      each instanceof TemplateError ? (assembly.placeOf(each.logicalId) ?? []) : [],
    )
    const [place] = places
    if (place === undefined || !(error instanceof Error)) throw error
    const frame = codeFrame(process.cwd(), place)
    throw new Error(`${error.message}\n\n${frame ?? place}`, { cause: error.cause })
  }
}

/**
 * Waits for all promises, even if one fails, so that the others can be stopped. A failure aborts
 * the signal.
 */
async function together<T extends unknown[]>(
  outer: AbortSignal | undefined,
  start: (signal: AbortSignal) => { [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const giveUp = new AbortController()
  const abort = () => giveUp.abort()
  outer?.addEventListener('abort', abort)
  if (outer?.aborted) abort()
  try {
    const starting = start(giveUp.signal)
    const all = Promise.all(starting)
    all.catch(abort)
    await Promise.allSettled(starting)
    outer?.throwIfAborted()
    return await all
  } finally {
    outer?.removeEventListener('abort', abort)
  }
}
