import { randomUUID } from 'node:crypto'
import { type Faults, NO_FAULTS, withFunctionFaults } from '../faults/index.ts'
import { logGroupName, logStreamName } from './environment.ts'
import { EnvironmentPool } from './environment-pool.ts'
import {
  type ExecutionEnvironment,
  type Outcome,
  PAYLOAD_LIMIT,
  type StartEnvironment,
} from './execution-environment.ts'
import type { FunctionDefinition } from './function-definition.ts'
import type { InvocationResult, InvokeOptions, LocalFunction } from './local-function.ts'
import type { Log } from './log-entry.ts'
import { ThreadEnvironment } from './thread/thread-environment.ts'
import {
  formatTraceHeader,
  newSegmentId,
  newTraceId,
  parseTraceHeader,
  type TraceHeader,
} from './trace-header.ts'

export interface FunctionHostOptions {
  readonly environment: Record<string, string>
  readonly log: Log
  /** Receives the X-Ray segment of each sampled invocation. */
  readonly trace: (segment: object) => void
  /** The faults to inject. Default: none. */
  readonly faults?: Faults
  /** Starts an execution environment. Default: a thread. */
  readonly startEnvironment?: StartEnvironment | undefined
}

const startThread: StartEnvironment = (...parts) => new ThreadEnvironment(...parts)

/** Runs a function in its own execution environments. */
export class FunctionHost implements LocalFunction {
  readonly logicalId: string
  readonly arn: string
  #definition: FunctionDefinition
  readonly #options: FunctionHostOptions
  readonly #environments: EnvironmentPool

  constructor(definition: FunctionDefinition, options: FunctionHostOptions) {
    this.logicalId = definition.logicalId
    this.arn = definition.arn
    this.#definition = definition
    this.#options = options
    this.#environments = new EnvironmentPool(definition.concurrency, (onDeath) => {
      const { environment, log, startEnvironment = startThread } = options
      return startEnvironment(this.#definition, environment, log, onDeath)
    })
  }

  async invoke(
    payload: unknown,
    { traceHeader, about }: InvokeOptions = {},
  ): Promise<InvocationResult> {
    const json = JSON.stringify(payload ?? null)
    if (Buffer.byteLength(json) > PAYLOAD_LIMIT)
      return failed(
        'RequestTooLargeException',
        `Request must be smaller than ${PAYLOAD_LIMIT} bytes`,
      )
    const environment = await this.#environments.acquire(about)
    if (!environment) return failed('TooManyRequestsException', 'Rate Exceeded.')
    const requestId = randomUUID()
    const incoming = traceHeader ? parseTraceHeader(traceHeader) : this.#newTrace()
    const own = { ...incoming, parent: newSegmentId() }
    const started = Date.now()
    const { faults = NO_FAULTS } = this.#options
    const { result, usable, logged } = await withFunctionFaults(
      faults,
      () => this.#run(environment, json, requestId, own),
      () => void environment.stop(),
    )
    const isCurrent = environment.codeFolder === this.#definition.codeFolder
    this.#environments.release(environment, usable && isCurrent)
    if (result.status !== 'ok' && !usable && !logged) this.#logFailure(result.error, requestId)
    if (incoming.sampled) this.#trace(incoming, own.parent, requestId, started, result)
    return result
  }

  /**
   * Runs new invocations on other code. Running invocations finish on the code they started with.
   */
  replaceCode(codeFolder: string): void {
    this.#definition = { ...this.#definition, codeFolder }
    this.#environments.renew()
  }

  /** Waits until no invocation runs or waits. */
  drain(): Promise<void> {
    return this.#environments.drain()
  }

  /**
   * Ends every execution environment. Running invocations have `grace` milliseconds to finish.
   * Waiting invocations fail.
   */
  stop(grace = 0): Promise<void> {
    return this.#environments.stop(grace)
  }

  async #run(
    environment: ExecutionEnvironment,
    payload: string,
    requestId: string,
    trace: TraceHeader,
  ): Promise<Outcome> {
    const definition = this.#definition
    return environment.invoke(payload, formatTraceHeader(trace), {
      awsRequestId: requestId,
      functionName: definition.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: definition.arn,
      memoryLimitInMB: `${definition.memorySize}`,
      logGroupName: logGroupName(definition),
      logStreamName,
    })
  }

  #newTrace(): TraceHeader {
    return { root: newTraceId(), sampled: this.#definition.tracing }
  }

  /** Logs the error that Lambda logs for an invocation that ended its runtime. */
  #logFailure(error: { errorType: string; errorMessage: string }, requestId: string): void {
    this.#options.log({
      function: this.logicalId,
      timestamp: new Date().toISOString(),
      level: 'ERROR',
      requestId,
      message: { errorType: error.errorType, errorMessage: error.errorMessage },
    })
  }

  #trace(
    { root, parent }: TraceHeader,
    id: string,
    requestId: string,
    started: number,
    result: InvocationResult,
  ): void {
    this.#options.trace({
      name: this.#definition.name,
      id,
      trace_id: root,
      ...(parent && { parent_id: parent }),
      start_time: started / 1000,
      end_time: Date.now() / 1000,
      origin: 'AWS::Lambda::Function',
      resource_arn: this.arn,
      aws: { function_arn: this.arn, request_id: requestId },
      ...(result.status !== 'ok' && {
        fault: true,
        cause: {
          exceptions: [{ type: result.error.errorType, message: result.error.errorMessage }],
        },
      }),
    })
  }
}

function failed(errorType: string, errorMessage: string): InvocationResult {
  return { status: 'failed', error: { errorType, errorMessage } }
}
