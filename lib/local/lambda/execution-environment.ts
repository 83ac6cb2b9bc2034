import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import type { FunctionDefinition } from './function-definition.ts'
import type { FunctionError, InvocationResult } from './local-function.ts'
import type { Invocation, Log, WorkerData, WorkerMessage } from './protocol.ts'

/** The most bytes of JSON in an invocation's payload and in its result. */
export const PAYLOAD_LIMIT = 6_291_556
/** The time limit for loading code, in milliseconds, before the invocation's own time begins. */
const INIT_TIMEOUT = 10_000
/**
 * Megabytes for new objects. V8 ends a thread that is out of memory with an exception, and reserves
 * 16 MB for that. If more than that moves to the old generation at once, V8 aborts the whole
 * process.
 */
const YOUNG_GENERATION = 16

export interface Outcome {
  readonly result: InvocationResult
  /** Whether the environment can run another invocation. */
  readonly usable: boolean
}

/** The next message of the thread: an answer, or its end. */
type Turn =
  | Exclude<WorkerMessage, { kind: 'log' }>
  | { readonly kind: 'gone'; readonly cause: string }

/**
 * A worker thread with a function's code loaded. Runs one invocation at a time. The code's memory
 * persists between invocations.
 */
export class ExecutionEnvironment {
  readonly #definition: FunctionDefinition
  readonly #worker: Worker
  readonly #loaded: Promise<Turn>
  #turn: (turn: Turn) => void = () => {}
  #gone = false

  /** The folder of the loaded code. */
  get codeFolder(): string {
    return this.#definition.codeFolder
  }

  /** @param onDeath called when the thread ends by itself between two invocations. */
  constructor(
    definition: FunctionDefinition,
    environment: Record<string, string>,
    log: Log,
    onDeath: (self: ExecutionEnvironment) => void,
  ) {
    this.#definition = definition
    const { codeFolder, handler, logFormat, logLevel, logicalId } = definition
    const callbacks = Number.parseInt(definition.runtime.slice('nodejs'.length), 10) < 24
    const { inspect } = definition
    const workerData: WorkerData = { codeFolder, handler, logFormat, logLevel, callbacks, inspect }
    this.#loaded = this.#next()
    this.#worker = new Worker(new URL('./runtime.mjs', import.meta.url), {
      workerData,
      env: { ...environment, LAMBDA_TASK_ROOT: codeFolder },
      // This process's own arguments may contain a TypeScript loader.
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: definition.memorySize,
        maxYoungGenerationSizeMb: YOUNG_GENERATION,
      },
      name: logicalId,
    })
    this.#worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'log') log({ function: logicalId, ...message.entry })
      else {
        if (message.kind === 'error' && message.fatal) this.#gone = true
        this.#turn(message)
        if (this.#gone) onDeath(this)
      }
    })
    const end = (cause: string) => {
      if (this.#gone) return
      this.#gone = true
      this.#turn({ kind: 'gone', cause })
      onDeath(this)
    }
    this.#worker.on('error', () => end('signal: killed'))
    this.#worker.on('exit', (code) => end(code === 0 ? '' : `exit status ${code}`))
    for (const [stream, level] of [
      [this.#worker.stdout, 'INFO'],
      [this.#worker.stderr, 'WARN'],
    ] as const) {
      createInterface({ input: stream }).on('line', (message) =>
        log({ function: logicalId, timestamp: new Date().toISOString(), level, message }),
      )
    }
  }

  /** Resolves when loading the code has succeeded or failed. */
  get loaded(): Promise<unknown> {
    return this.#loaded
  }

  /** Runs the handler. The first invocation's time excludes the time to load the code. */
  async invoke(payload: string, traceHeader: string, context: Invocation['context']) {
    const { timeout, inspect } = this.#definition
    const timeToLoad = inspect ? timeout : INIT_TIMEOUT
    const loaded = await withTimeout(this.#loaded, timeToLoad)
    if (loaded === 'timeout' || loaded.kind !== 'ready')
      return this.#outcome(loaded, context.awsRequestId, timeToLoad)
    const answered = this.#next()
    const invocation: Invocation = {
      payload,
      traceHeader,
      context,
      deadline: Date.now() + timeout,
    }
    if (this.#gone) this.#turn({ kind: 'gone', cause: '' })
    else this.#worker.postMessage(invocation)
    return this.#outcome(await withTimeout(answered, timeout), context.awsRequestId, timeout)
  }

  /** Ends the thread at once. A running invocation fails. */
  async stop(): Promise<void> {
    this.#gone = true
    this.#turn({ kind: 'gone', cause: 'signal: terminated' })
    await this.#worker.terminate()
  }

  #next(): Promise<Turn> {
    return new Promise((resolve) => {
      this.#turn = resolve
    })
  }

  #outcome(turn: Turn | 'timeout', requestId: string, timeout: number): Outcome {
    if (turn === 'timeout') {
      const seconds = (timeout / 1000).toFixed(2)
      const error = {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
      }
      return { result: { status: 'timed-out', error }, usable: false }
    }
    switch (turn.kind) {
      case 'result':
        return { result: answer(turn.payload), usable: true }
      case 'error':
        return { result: { status: 'failed', error: turn.error }, usable: !turn.fatal }
      default:
        return { result: { status: 'failed', error: exitError(turn, requestId) }, usable: false }
    }
  }
}

function answer(payload: string): InvocationResult {
  if (Buffer.byteLength(payload) <= PAYLOAD_LIMIT)
    return { status: 'ok', payload: JSON.parse(payload) }
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${PAYLOAD_LIMIT} bytes).`
  return { status: 'failed', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } }
}

function exitError(turn: Turn, requestId: string): FunctionError {
  const cause = turn.kind === 'gone' && turn.cause
  const message = cause
    ? `Error: Runtime exited with error: ${cause}`
    : 'Error: Runtime exited without providing a reason'
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} ${message}` }
}

async function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T | 'timeout'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(resolve, milliseconds, 'timeout')
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
