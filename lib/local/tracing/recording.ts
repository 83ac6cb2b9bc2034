import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, parsedJson, type UnknownObject } from '../json.ts'
import { StateFolder } from '../state-folder.ts'

/** The traces and the log entries of a run, also while it is running. */
export interface Recording {
  readonly spans: readonly Span[]
  readonly entries: readonly Entry[]
  /** The spans by trace id. */
  readonly spansOf: Index<Span>
  /** The log entries by the trace id of the request. */
  readonly entriesOf: Index<Entry>
  /** The log entries by the invocation that logged them. */
  readonly loggedBy: Index<Entry>
  /** The invocations of functions by their request id. */
  readonly invocation: Index<Span>
}

/** Returns the items with a key, in the order of the recording. */
export type Index<T> = (key: string | undefined) => readonly T[]

/** A segment or subsegment of X-Ray. Times are in milliseconds since the epoch. */
export interface Span {
  readonly id: string
  readonly parent: string | undefined
  readonly traceId: string
  readonly name: string
  readonly kind: 'API' | 'function' | 'step'
  readonly start: number
  readonly end: number
  /** The request id of a function's invocation. */
  readonly requestId: string | undefined
  /** See `Annotations` in lib/event-sourcing/runtime/tracing.ts. */
  readonly annotations: UnknownObject
  readonly error: HopError | undefined
}

/** An error where it happened. An API's own segment does not name its error. */
export interface HopError {
  readonly name?: string | undefined
  readonly message?: string | undefined
}

/** A log entry of a function or the API that belongs to a trace. */
export interface Entry {
  /** The trace id of the request, also in functions that an event of the request started. */
  readonly traceId: string
  /** The request id of the invocation that logged it. Undefined for the API. */
  readonly requestId: string | undefined
  readonly time: number
  readonly level: string
  readonly message: UnknownObject
}

/** The most bytes that are read of a file, from its end. */
const MOST_BYTES = 64_000_000

/**
 * Reads the recorded traces of a state folder.
 * @throws Error that names the folder if it has none
 */
export function readRecording(folder: string): Recording {
  const state = new StateFolder(folder, true)
  if (!existsSync(folder))
    throw new Error(`${folder} does not exist: run npm start, or pass its folder with --data`)
  if (!existsSync(state.traces))
    throw new Error(`${folder} has no traces: run npm start, and send a request to the API`)
  const logs = join(folder, 'logs')
  const files = existsSync(logs) ? readdirSync(logs) : []
  const spans = documentsIn(state.traces).flatMap(spanOf)
  const entries = files.flatMap((file) => documentsIn(join(logs, file))).flatMap(entryOf)
  return {
    spans,
    entries,
    spansOf: indexed(spans, ({ traceId }) => traceId),
    entriesOf: indexed(entries, ({ traceId }) => traceId),
    loggedBy: indexed(entries, ({ requestId }) => requestId),
    invocation: indexed(spans, ({ requestId }) => requestId),
  }
}

function indexed<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Index<T> {
  const found = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key === undefined) continue
    const same = found.get(key)
    if (same) same.push(item)
    else found.set(key, [item])
  }
  return (key) => (key === undefined ? [] : (found.get(key) ?? []))
}

function spanOf(document: UnknownObject): Span[] {
  const { id, trace_id, name, start_time, end_time, origin, parent_id } = document
  if (typeof id !== 'string' || typeof trace_id !== 'string' || typeof name !== 'string') return []
  if (typeof start_time !== 'number' || typeof end_time !== 'number') return []
  return [
    {
      id,
      parent: text(parent_id),
      traceId: trace_id,
      name,
      kind: kindOf(origin),
      start: start_time * 1000,
      end: end_time * 1000,
      requestId: text(inside(document, 'aws', 'request_id')),
      annotations: isObject(document.annotations) ? document.annotations : {},
      error: errorOf(document),
    },
  ]
}

function kindOf(origin: unknown): Span['kind'] {
  if (origin === 'AWS::AppSync::GraphQLAPI') return 'API'
  return origin === 'AWS::Lambda::Function' ? 'function' : 'step'
}

function errorOf(document: UnknownObject): HopError | undefined {
  if (document.error !== true && document.fault !== true) return undefined
  const exceptions = inside(document, 'cause', 'exceptions')
  const exception: unknown = Array.isArray(exceptions) ? exceptions[0] : undefined
  const refusal = inside(document, 'metadata', 'default', 'error')
  return {
    name: text(inside(document, 'annotations', 'error')) ?? text(inside(exception, 'type')),
    message: text(inside(refusal, 'message')) ?? text(inside(exception, 'message')),
  }
}

function entryOf({ requestId, timestamp, level, message }: UnknownObject): Entry[] {
  if (!isObject(message) || typeof message.traceId !== 'string') return []
  return [
    {
      traceId: message.traceId,
      requestId: text(requestId),
      time: Date.parse(`${timestamp}`),
      level: `${level}`,
      message,
    },
  ]
}

/** Returns a value inside of objects of unknown form; undefined if there is none. */
export function inside(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce((found, name) => (isObject(found) ? found[name] : undefined), value)
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** Returns the documents of a file with one JSON document a line. Skips incomplete lines. */
function documentsIn(file: string): UnknownObject[] {
  return endOf(file)
    .split('\n')
    .flatMap((line) => {
      const document = parsedJson(line)
      return isObject(document) ? [document] : []
    })
}

function endOf(file: string): string {
  const descriptor = openSync(file, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const buffer = Buffer.alloc(Math.min(size, MOST_BYTES))
    const length = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8', 0, length)
  } finally {
    closeSync(descriptor)
  }
}
