import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { JsonLines } from '../json-lines.ts'
import type { FunctionError, Functions, LocalFunction } from '../lambda/index.ts'
import { pause } from '../streams/pause.ts'
import { type AsyncConfig, DEFAULT_CONFIG } from './async-config.ts'

export interface AsyncInvocationsOptions {
  readonly functions: Pick<Functions, 'find'>
  /** The configurations of the functions, by ARN. */
  readonly configs: ReadonlyMap<string, AsyncConfig>
  /** The file of the unfinished invocations; undefined: they are not stored. */
  readonly file: string | undefined
  /** Sends a message about a failed invocation of a function, by the queue's logical id. */
  readonly send: (functionArn: string, queue: string, message: object) => Promise<void>
  /** The pause before the first retry, in milliseconds. It doubles before the second. */
  readonly minute: number
}

interface AsyncInvocation {
  readonly id: string
  /** The function's ARN. */
  readonly function: string
  readonly payload: unknown
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly traceHeader?: string | undefined
}

/** A line of the file: an invocation, or the id of one that has ended. */
type Line = AsyncInvocation | { readonly ended: string }

/**
 * Lambda's queue of asynchronous invocations. An accepted invocation runs at least once, also after
 * a restart. A failed one is retried, and then goes to the function's on-failure destination.
 */
export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions
  readonly #file: JsonLines | undefined
  readonly #end = new AbortController()
  readonly #unfinished = new Map<string, AsyncInvocation>()
  /** The ids of the invocations that the function is handling. */
  readonly #running = new Set<string>()
  #started = false
  #successor: AsyncInvocations | undefined

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options
    this.#file = options.file === undefined ? undefined : new JsonLines(options.file)
  }

  /** Accepts an invocation. It is stored when this returns. */
  add(target: LocalFunction, payload: unknown, traceHeader: string | undefined): void {
    const { arn } = target
    const added = { id: randomUUID(), function: arn, payload, since: Date.now(), traceHeader }
    this.#write(added)
    this.#file?.write()
    const current = this.#successor ?? this
    current.#accept(added)
  }

  /**
   * Starts to run the invocations, beginning with those of an earlier run.
   * @param previous the stopped invocations before a reload. The ones that it is running finish
   * there; this continues the others
   */
  async start(previous?: AsyncInvocations): Promise<void> {
    if (previous) {
      previous.#successor = this
      for (const [id, left] of previous.#unfinished)
        if (!previous.#running.has(id)) this.#unfinished.set(id, left)
    } else {
      await this.#readFile()
    }
    this.#started = true
    for (const left of this.#unfinished.values()) this.#begin(left)
  }

  /** Stops starting invocations. Does not wait for the running ones. */
  stop(): void {
    this.#end.abort()
    this.#file?.close()
  }

  #accept(invocation: AsyncInvocation): void {
    this.#unfinished.set(invocation.id, invocation)
    if (this.#started) this.#begin(invocation)
  }

  async #begin(invocation: AsyncInvocation): Promise<void> {
    const { id, payload, traceHeader } = invocation
    const { functions, configs, send, minute } = this.#options
    const { signal } = this.#end
    const config = configs.get(invocation.function) ?? DEFAULT_CONFIG
    const target = functions.find(invocation.function)
    for (let attempts = 1; target; attempts += 1) {
      if (signal.aborted) return
      this.#running.add(id)
      const result = await target.invoke(payload, { ...(traceHeader && { traceHeader }) })
      this.#running.delete(id)
      if (result.status === 'ok') break
      if (signal.aborted) {
        if (this.#successor) this.#successor.#accept(invocation)
        return
      }
      const wait = minute * 2 ** (attempts - 1)
      const isOld = Date.now() + wait - invocation.since > config.maximumAge
      if (isOld || attempts > config.maximumRetries) {
        const condition = isOld ? 'EventAgeExceeded' : 'RetriesExhausted'
        const message = onFailureMessage(invocation, condition, attempts, result.error)
        if (config.onFailure) await send(invocation.function, config.onFailure, message)
        break
      }
      await pause(wait, signal)
    }
    this.#unfinished.delete(id)
    this.#write({ ended: id })
  }

  #write(line: Line): void {
    this.#file?.append(line)
  }

  /** Reads the unfinished invocations, and removes the finished ones from the file. */
  async #readFile(): Promise<void> {
    const { file } = this.#options
    if (file === undefined) return
    const text = await readFile(file, 'utf8').catch(() => '')
    // The last line is empty, or a write that was cut off and never confirmed.
    const lines = text.split('\n').slice(0, -1)
    const left = new Map<string, AsyncInvocation>()
    for (const json of lines) {
      const line: Line = JSON.parse(json)
      if ('ended' in line) left.delete(line.ended)
      else left.set(line.id, line)
    }
    for (const [id, invocation] of left) this.#unfinished.set(id, invocation)
    if (lines.length === left.size) return
    this.#file?.close()
    await mkdir(dirname(file), { recursive: true })
    const content = [...this.#unfinished.values()].map((line) => `${JSON.stringify(line)}\n`)
    await writeFile(`${file}.new`, content.join(''))
    await rename(`${file}.new`, file)
  }
}

/**
 * Returns the message about an invocation that failed.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function onFailureMessage(
  { function: arn, payload }: AsyncInvocation,
  condition: 'RetriesExhausted' | 'EventAgeExceeded',
  attempts: number,
  error: FunctionError,
): object {
  return {
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: randomUUID(),
      functionArn: `${arn}:$LATEST`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: payload,
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: 'Unhandled',
    },
    responsePayload: error,
  }
}
