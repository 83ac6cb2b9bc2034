import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { buildSync } from 'esbuild'
import type { ScriptSource } from './sandboxed-script.ts'
import type { ScriptHost } from './script-outcome.ts'
import {
  CLOCK,
  clockTime,
  type ScriptAnswer,
  type ScriptOrder,
  type ScriptThreadData,
} from './script-thread-protocol.ts'

/** Milliseconds that a handler may take. AppSync's own limit is not documented. */
const LIMIT = 1000
/** How often the limit is looked after while handlers run, in milliseconds. */
const LOOK = 100

interface LoadedScript {
  readonly source: ScriptSource
  readonly log: ScriptHost['log']
}

interface Run {
  readonly order: ScriptOrder & { readonly kind: 'run' }
  readonly resolve: (json: string) => void
  readonly reject: (error: Error) => void
}

/**
 * Runs the handlers of an API's scripts, one at a time, in a thread of their own: so a handler that
 * takes too long can be stopped, and keeps nobody but other scripts waiting. The thread is there
 * while it is needed; a new one takes over what a stopped one has left.
 */
export class ScriptThread {
  readonly #scripts: LoadedScript[] = []
  readonly #runs = new Map<number, Run>()
  #lastRun = 0
  #worker: Worker | undefined
  #loaded = new Set<number>()
  #clock = newClock()
  #look: NodeJS.Timeout | undefined
  #isEnding = false
  #ended: Promise<unknown> = Promise.resolve()

  /** Takes a script that has been checked. Returns the number to run it by. */
  add(source: ScriptSource, log: ScriptHost['log']): number {
    this.#scripts.push({ source, log })
    return this.#scripts.length - 1
  }

  /**
   * Runs a handler with a context as JSON. Returns its outcome as JSON.
   * @throws Error if the handler took too long, or ended its thread
   */
  run(script: number, handler: string, context: string): Promise<string> {
    this.#lastRun = (this.#lastRun % 0x7fff_ffff) + 1
    const order = { kind: 'run', run: this.#lastRun, script, handler, context } as const
    return new Promise((resolve, reject) => {
      this.#runs.set(order.run, { order, resolve, reject })
      this.#send(order)
      this.#look ??= setTimeout(() => this.#lookAfterLimit(), LOOK)
    })
  }

  /** Ends the thread as soon as no handler runs. A handler that is run later has a thread again. */
  async end(): Promise<void> {
    this.#isEnding = true
    this.#endIfIdle()
    await this.#ended
  }

  #send(order: ScriptOrder & { readonly kind: 'run' }): void {
    this.#worker ??= this.#start()
    const { script } = order
    const source = this.#scripts[script]?.source
    if (source && !this.#loaded.has(script)) {
      this.#loaded.add(script)
      this.#post({ kind: 'load', script, source })
    }
    this.#post(order)
  }

  #post(order: ScriptOrder): void {
    this.#worker?.postMessage(order)
  }

  #start(): Worker {
    const clock = newClock()
    this.#clock = clock
    this.#loaded = new Set()
    const workerData: ScriptThreadData = { sandboxCode: bundled('sandbox'), clock }
    const worker = new Worker(bundled('thread'), {
      eval: true,
      workerData,
      env: {},
      execArgv: [],
      name: 'scripts',
    })
    worker.unref()
    let cause = `Script execution timed out after ${LIMIT}ms`
    worker.on('message', (answer: ScriptAnswer) => this.#hear(answer))
    worker.on('error', (error) => {
      cause = error.message
    })
    // All messages of the thread have been received by then.
    this.#ended = new Promise((resolve) => {
      worker.on('exit', () => {
        if (this.#worker === worker) this.#startAgain(clock[CLOCK.run] ?? 0, cause)
        resolve(undefined)
      })
    })
    return worker
  }

  #hear(answer: ScriptAnswer): void {
    if (answer.kind === 'log') {
      this.#scripts[answer.script]?.log(answer.level, answer.json)
      return
    }
    const run = this.#runs.get(answer.run)
    this.#runs.delete(answer.run)
    if (answer.kind === 'outcome') run?.resolve(answer.json)
    else run?.reject(new Error(answer.message))
    this.#endIfIdle()
  }

  #lookAfterLimit(): void {
    this.#look = undefined
    const clock = this.#clock
    const run = Atomics.load(clock, CLOCK.run)
    const time = (clockTime() - Atomics.load(clock, CLOCK.since)) & 0x7fff_ffff
    // The same run still: the time is that of this run.
    if (run !== 0 && time > LIMIT && Atomics.load(clock, CLOCK.run) === run) {
      void this.#worker?.terminate()
    }
    if (this.#runs.size > 0) this.#look = setTimeout(() => this.#lookAfterLimit(), LOOK)
  }

  /** The handler that ended the thread has failed; those that waited behind it are run. */
  #startAgain(culprit: number, cause: string): void {
    this.#worker = undefined
    for (const [number, { order, reject }] of [...this.#runs]) {
      if (culprit !== 0 && number !== culprit) {
        this.#send(order)
      } else {
        this.#runs.delete(number)
        reject(new Error(`Error: ${cause}`))
      }
    }
    this.#endIfIdle()
  }

  #endIfIdle(): void {
    if (!this.#isEnding || this.#runs.size > 0) return
    clearTimeout(this.#look)
    this.#look = undefined
    void this.#worker?.terminate()
    this.#worker = undefined
  }
}

function newClock(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(CLOCK.fields * Int32Array.BYTES_PER_ELEMENT))
}

const BUNDLES = {
  /** Defines `sandbox`: the part of ours in the context of a script. */
  sandbox: { file: './sandbox/index.ts', format: 'iife', platform: 'neutral' },
  thread: { file: './script-thread-entry.ts', format: 'cjs', platform: 'node' },
} as const

const built = new Map<keyof typeof BUNDLES, string>()

/** The code of a part that is not this process's own, as one script. */
export function bundled(part: keyof typeof BUNDLES): string {
  const known = built.get(part)
  if (known !== undefined) return known
  const { file, format, platform } = BUNDLES[part]
  const [output] = buildSync({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    write: false,
    format,
    platform,
    globalName: part,
    target: 'es2022',
  }).outputFiles
  const code = output?.text ?? ''
  built.set(part, code)
  return code
}
