import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import {
  answered,
  type ExecutionEnvironment,
  exited,
  failed,
  INIT_TIMEOUT,
  type InvocationContext,
  type Outcome,
  timedOut,
  withTimeout,
} from '../execution-environment.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import type { Log } from '../log-entry.ts'
import type { Invocation, WorkerData, WorkerMessage } from './protocol.ts'

/**
 * Megabytes for new objects. V8 ends a thread that is out of memory with an exception, and reserves
 * 16 MB for that. If more than that moves to the old generation at once, V8 aborts the whole
 * process.
 */
const YOUNG_GENERATION = 16

/** The next message of the thread: an answer, or its end. */
type Turn =
  | Exclude<WorkerMessage, { kind: 'log' }>
  | { readonly kind: 'gone'; readonly cause: string }

/** A worker thread that has loaded a function's code. */
export class ThreadEnvironment implements ExecutionEnvironment {
  readonly #definition: FunctionDefinition
  readonly #worker: Worker
  readonly #loaded: Promise<Turn>
  #turn: (turn: Turn) => void = () => {}
  #gone = false

  get codeFolder(): string {
    return this.#definition.codeFolder
  }

  constructor(
    definition: FunctionDefinition,
    environment: Readonly<Record<string, string>>,
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
    const print = (level: 'INFO' | 'WARN', message: string) =>
      log({ function: logicalId, timestamp: new Date().toISOString(), level, message })
    const end = (cause: string) => {
      if (this.#gone) return
      this.#gone = true
      this.#turn({ kind: 'gone', cause })
      onDeath(this)
    }
    this.#worker.on('error', (error: Error) => {
      const isOutOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      if (!isOutOfMemory) print('WARN', `Uncaught ${error.stack ?? error}`)
      end(isOutOfMemory ? 'signal: killed' : 'exit status 1')
    })
    this.#worker.on('exit', (code) => end(code === 0 ? '' : `exit status ${code}`))
    for (const [stream, level] of [
      [this.#worker.stdout, 'INFO'],
      [this.#worker.stderr, 'WARN'],
    ] as const) {
      createInterface({ input: stream }).on('line', (message) => print(level, message))
    }
  }

  get loaded(): Promise<unknown> {
    return this.#loaded
  }

  async invoke(payload: string, traceHeader: string, context: InvocationContext): Promise<Outcome> {
    const { timeout, inspect } = this.#definition
    const timeToLoad = inspect ? timeout : INIT_TIMEOUT
    const loaded = await withTimeout(this.#loaded, timeToLoad)
    if (loaded === 'timeout' || loaded.kind !== 'ready')
      return outcomeOf(loaded, context.awsRequestId, timeToLoad)
    const answer = this.#next()
    const invocation: Invocation = {
      payload,
      traceHeader,
      context,
      deadline: Date.now() + timeout,
    }
    if (this.#gone) this.#turn({ kind: 'gone', cause: '' })
    else this.#worker.postMessage(invocation)
    return outcomeOf(await withTimeout(answer, timeout), context.awsRequestId, timeout)
  }

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
}

function outcomeOf(turn: Turn | 'timeout', requestId: string, timeout: number): Outcome {
  if (turn === 'timeout') return timedOut(requestId, timeout)
  switch (turn.kind) {
    case 'result':
      return answered(turn.payload)
    case 'error':
      return failed(turn.error, { usable: !turn.fatal })
    default:
      return exited(requestId, turn.kind === 'gone' ? turn.cause : '')
  }
}
