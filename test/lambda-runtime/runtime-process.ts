import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
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
} from '../../lib/local/lambda/execution-environment.ts'
import type { FunctionDefinition } from '../../lib/local/lambda/function-definition.ts'
import type { Log, StartEnvironment } from '../../lib/local/lambda/index.ts'
import { logEntry, onLine } from './log-lines.ts'
import { type Posted, RuntimeApi } from './runtime-api.ts'

const NODE = join(__dirname, '../../.ci/node_modules/.bin/node')
const RUNTIME = join(__dirname, 'node_modules/aws-lambda-ric/index.mjs')
const PRELOAD = join(__dirname, 'native/preload.mjs')

type Turn = { readonly kind: 'idle' } | Posted | { readonly kind: 'gone'; readonly cause: string }

export const startRuntimeProcess: StartEnvironment = (...parts) => new RuntimeProcess(...parts)

/** A process with Node.js 24 and Lambda's own runtime, which has loaded a function's code. */
export class RuntimeProcess implements ExecutionEnvironment {
  /** Resolves when the runtime asks for its first invocation, or fails. */
  readonly loaded: Promise<Turn>
  readonly #definition: FunctionDefinition
  readonly #api: RuntimeApi
  readonly #started: Promise<ChildProcess>
  #ready: Promise<Turn>
  #gone: string | undefined
  #stopped: Promise<void> | undefined
  #turn: (turn: Turn) => void = () => {}

  get logicalId(): string {
    return this.#definition.logicalId
  }

  get isAlive(): boolean {
    return this.#gone === undefined
  }

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
    this.loaded = this.#next()
    this.#ready = this.loaded
    const onIdle = () => this.#turn({ kind: 'idle' })
    const onPosted = (posted: Posted) => {
      this.#turn(posted)
      if (posted.kind !== 'init error') this.#ready = this.#next()
    }
    this.#api = new RuntimeApi(onIdle, onPosted)
    this.#started = this.#start(environment, log, onDeath)
    this.#started.catch((cause: unknown) => this.#end(`${cause}`))
  }

  async invoke(payload: string, traceHeader: string, context: InvocationContext): Promise<Outcome> {
    const { timeout, arn } = this.#definition
    const id = context.awsRequestId
    const ready = await withTimeout(this.#ready, INIT_TIMEOUT)
    if (ready === 'timeout') return timedOut(id, INIT_TIMEOUT)
    if (ready.kind !== 'idle') return outcomeOf(ready, id)
    if (this.#gone !== undefined) return exited(id, this.#gone)
    const answer = this.#next()
    this.#api.invoke({ id, payload, arn, traceHeader, deadline: Date.now() + timeout })
    const turn = await withTimeout(answer, timeout)
    return turn === 'timeout' ? timedOut(id, timeout) : outcomeOf(turn, id)
  }

  /** Stops the process in the middle of its work, without ending it. */
  async freeze(): Promise<void> {
    const child = await this.#started
    child.kill('SIGSTOP')
  }

  /** Kills the process, as Lambda does after a timeout. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#end('signal: terminated')
    // Undefined: Node.js 24 could not be started, which the result of the invocation says.
    const child = await this.#started.catch(() => undefined)
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await this.#api.stop()
  }

  async #start(
    environment: Readonly<Record<string, string>>,
    log: Log,
    onDeath: (self: ExecutionEnvironment) => void,
  ): Promise<ChildProcess> {
    const { codeFolder, memorySize, logicalId } = this.#definition
    const child = spawn(
      NODE,
      [`--max-old-space-size=${memorySize}`, '--import', PRELOAD, RUNTIME],
      {
        cwd: codeFolder,
        env: {
          ...environment,
          LAMBDA_TASK_ROOT: codeFolder,
          AWS_LAMBDA_RUNTIME_API: await this.#api.start(),
          AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: 'true',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    for (const [stream, level] of [
      [child.stdout, 'INFO'],
      [child.stderr, 'WARN'],
    ] as const) {
      onLine(stream, (line) => log({ function: logicalId, ...logEntry(line, level) }))
    }
    child.on('exit', (code, signal) => {
      if (this.#end(exitCause(code, signal))) onDeath(this)
    })
    await once(child, 'spawn')
    return child
  }

  /** @returns false if it has ended before */
  #end(cause: string): boolean {
    if (this.#gone !== undefined) return false
    this.#gone = cause
    this.#turn({ kind: 'gone', cause })
    return true
  }

  #next(): Promise<Turn> {
    return new Promise((resolve) => {
      this.#turn = resolve
    })
  }
}

function outcomeOf(turn: Turn, requestId: string): Outcome {
  switch (turn.kind) {
    case 'response':
      return answered(turn.payload)
    case 'error':
      return failed(turn.error, { usable: true })
    case 'init error':
      return failed(turn.error, { usable: false })
    case 'gone':
      return exited(requestId, turn.cause)
    case 'idle':
      throw new Error(`The runtime has not answered the invocation ${requestId}`)
  }
}

function exitCause(code: number | null, signal: NodeJS.Signals | null): string {
  if (code === null) return `signal: ${signal === 'SIGKILL' ? 'killed' : 'aborted'}`
  return code === 0 ? '' : `exit status ${code}`
}
