import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { type Faults, NO_FAULTS, withFunctionFaults } from '../faults/index.ts'
import { logGroupName, logStreamName } from './environment.ts'
import { ExecutionEnvironment, type Outcome, PAYLOAD_LIMIT } from './execution-environment.ts'
import type { FunctionDefinition } from './function-definition.ts'
import type { InvocationResult, InvokeOptions, LocalFunction } from './local-function.ts'
import type { Log } from './log.ts'
import {
  formatTraceHeader,
  newSegmentId,
  newTraceId,
  parseTraceHeader,
  type TraceHeader,
} from './trace-header.ts'

/**
 * Invocations that compute run in as many environments at once. More would not be faster: they would
 * share the processors, and each would compile its code and bring its own state up to date. The
 * other half of the processors serves the API, the emulator and the clients.
 */
const COMPUTING = Math.max(1, Math.floor(availableParallelism() / 2))
/** An invocation that takes longer, in milliseconds, is taken to wait, and leaves room for another. */
const COMPUTING_TIME = 100
/** As long as code that is loaded for the first time is taken to compute. */
const LOADING_TIME = 2000
/** How often it is looked whether there is room, while invocations wait for it. */
const LOOK = 25
/** How long an execution environment may wait for work while there is another, in milliseconds. */
const IDLE_LIMIT = 60_000

export interface FunctionHostOptions {
  readonly environment: Record<string, string>
  readonly log: Log
  /** Takes the X-Ray segment of each sampled invocation. */
  readonly trace: (segment: object) => void
  /** What goes wrong on purpose. Default: nothing. */
  readonly faults?: Faults
}

/**
 * Runs a function in as many execution environments as there are invocations that last, up to its
 * concurrency. Short invocations take turns in a few environments; an invocation beyond the
 * concurrency waits for its turn. (On AWS each would have an environment, or be refused.)
 */
export class FunctionHost implements LocalFunction {
  readonly logicalId: string
  readonly arn: string
  #definition: FunctionDefinition
  readonly #options: FunctionHostOptions
  readonly #all = new Set<ExecutionEnvironment>()
  /** The most recently used last: the others get the chance to be idle for long. */
  #idle: { readonly environment: ExecutionEnvironment; readonly since: number }[] = []
  /** At work, and when the work began, by `performance.now()`. */
  readonly #busy = new Map<ExecutionEnvironment, number>()
  readonly #waiting: ((environment: ExecutionEnvironment | undefined) => void)[] = []
  #look: NodeJS.Timeout | undefined
  #stopped = false
  readonly #reclaimer: NodeJS.Timeout

  constructor(definition: FunctionDefinition, options: FunctionHostOptions) {
    this.logicalId = definition.logicalId
    this.arn = definition.arn
    this.#definition = definition
    this.#options = options
    this.#reclaimer = setInterval(() => this.#reclaim(), IDLE_LIMIT / 2)
    this.#reclaimer.unref()
  }

  async invoke(payload: unknown, { traceHeader }: InvokeOptions = {}): Promise<InvocationResult> {
    const json = JSON.stringify(payload ?? null)
    if (Buffer.byteLength(json) > PAYLOAD_LIMIT)
      return failed(
        'RequestTooLargeException',
        `Request must be smaller than ${PAYLOAD_LIMIT} bytes`,
      )
    const environment = await this.#acquire()
    if (!environment) return failed('TooManyRequestsException', 'Rate Exceeded.')
    const requestId = randomUUID()
    const incoming = traceHeader ? parseTraceHeader(traceHeader) : this.#newTrace()
    const own = { ...incoming, parent: newSegmentId() }
    const started = Date.now()
    const { faults = NO_FAULTS } = this.#options
    const { result, usable } = await withFunctionFaults(
      faults,
      () => this.#run(environment, json, requestId, own),
      () => void environment.stop(),
    )
    const isCurrent = environment.codeFolder === this.#definition.codeFolder
    this.#release(environment, usable && isCurrent)
    if (result.status !== 'ok' && !usable) this.#logFailure(result.error, requestId)
    if (incoming.sampled) this.#trace(incoming, own.parent, requestId, started, result)
    return result
  }

  /**
   * Runs new invocations on other code; those under way end on the code that they began with. One
   * environment is started at once, so that the next invocation does not wait for the code to load.
   */
  replaceCode(codeFolder: string): void {
    this.#definition = { ...this.#definition, codeFolder }
    const idle = this.#idle.splice(0)
    for (const { environment } of idle) this.#release(environment, false)
    if (idle.length > 0 && this.#all.size < this.#definition.concurrency)
      this.#idle.push({ environment: this.#start(), since: Date.now() })
  }

  /** Waits until no invocation is under way or waits. */
  async drain(): Promise<void> {
    while (this.#idle.length < this.#all.size || this.#waiting.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 10))
  }

  /**
   * Ends every execution environment; invocations under way have `grace` milliseconds to end, those
   * that wait fail.
   */
  async stop(grace = 0): Promise<void> {
    this.#stopped = true
    clearInterval(this.#reclaimer)
    clearTimeout(this.#look)
    for (const waiting of this.#waiting.splice(0)) waiting(undefined)
    const deadline = Date.now() + grace
    while (this.#idle.length < this.#all.size && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10))
    await Promise.all([...this.#all].map((environment) => environment.stop()))
    this.#all.clear()
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

  /** An idle environment, a new one, or the next that becomes free. Undefined: none will. */
  async #acquire(): Promise<ExecutionEnvironment | undefined> {
    if (this.#stopped || this.#definition.concurrency === 0) return undefined
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#serveWaiting()
    })
  }

  #serveWaiting(): void {
    for (let next = this.#next(); next; next = this.#next()) next(this.#take())
    clearTimeout(this.#look)
    if (this.#waiting.length > 0) this.#look = setTimeout(() => this.#serveWaiting(), LOOK)
  }

  /** The invocation whose turn it is, if there is room for one. */
  #next() {
    const latest = performance.now() - COMPUTING_TIME
    const computing = [...this.#busy.values()].filter((since) => since > latest).length
    const isRoom = computing < COMPUTING && this.#busy.size < this.#definition.concurrency
    return isRoom ? this.#waiting.shift() : undefined
  }

  #take(): ExecutionEnvironment {
    const idle = this.#idle.pop()
    if (idle) this.#busy.set(idle.environment, performance.now())
    return idle?.environment ?? this.#start()
  }

  #start(): ExecutionEnvironment {
    const { environment, log } = this.#options
    const started = new ExecutionEnvironment(this.#definition, environment, log, (dead) => {
      this.#idle = this.#idle.filter((idle) => idle.environment !== dead)
      this.#all.delete(dead)
      void dead.stop()
    })
    this.#all.add(started)
    this.#busy.set(started, performance.now() + LOADING_TIME)
    void started.loaded.then(() => {
      if (this.#busy.has(started)) this.#busy.set(started, performance.now())
    })
    return started
  }

  #release(environment: ExecutionEnvironment, usable: boolean): void {
    this.#busy.delete(environment)
    if (usable) {
      this.#idle.push({ environment, since: Date.now() })
    } else {
      this.#all.delete(environment)
      void environment.stop()
    }
    this.#serveWaiting()
  }

  #reclaim(): void {
    const before = Date.now() - IDLE_LIMIT
    const [oldest] = this.#idle
    if (!oldest || this.#all.size === 1 || oldest.since > before) return
    this.#idle.shift()
    this.#release(oldest.environment, false)
    this.#reclaim()
  }

  #newTrace(): TraceHeader {
    return { root: newTraceId(), sampled: this.#definition.tracing }
  }

  /** What Lambda itself logs of an invocation that its runtime did not survive. */
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
