import { isObject } from '../json.ts'
import { type Entry, type HopError, inside, type Recording, type Span, text } from './recording.ts'

/** A station of a request, with the hops that it led to. Times are in milliseconds. */
export interface Hop {
  readonly label: string
  readonly start: number
  /** Undefined for a moment, such as a committed event. */
  readonly end?: number
  readonly error?: HopError | undefined
  readonly hops: readonly Hop[]
}

/**
 * Returns the hops of a request, in order of their start. Streams start new traces, so the functions
 * that an event started are found by their log entries, which have the trace id of the event.
 */
export function hopsOf(recording: Recording, traceId: string): Hop[] {
  const entries = recording.entriesOf(traceId)
  const spans = recording.spansOf(traceId)
  const ids = new Set(spans.map(({ id }) => id))
  const own = spans
    .filter(({ parent }) => parent === undefined || !ids.has(parent))
    .map((root) => hopOf(root, { spans, entries, ofTrace: entries }))
  const resources = new Set(entries.flatMap(({ message }) => text(message.id) ?? []))
  const started = invocationsOf(recording, traceId).map((root) => {
    const steps = recording
      .spansOf(root.traceId)
      .filter((span) => isOfRequest(span, traceId, resources))
    const ofTrace = recording.entriesOf(root.traceId)
    const hop = hopOf(root, { spans: steps, entries, ofTrace })
    return { ...hop, label: `${hop.label} (trace ${root.traceId})` }
  })
  return [...own, ...started].sort((one, other) => one.start - other.start)
}

/** Returns the trace ids of the requests whose events a stream passed to this trace's function. */
export function causesOf({ spansOf, loggedBy }: Recording, traceId: string): string[] {
  const causes = spansOf(traceId).flatMap(({ requestId, annotations }) => [
    ...loggedBy(requestId).map((entry) => entry.traceId),
    ...[annotations.cause].flatMap((cause) => text(cause) ?? []),
  ])
  return [...new Set(causes)].filter((cause) => cause !== traceId)
}

/** Returns the trace ids of the requests that read or changed a resource, newest first. */
export function tracesOf(recording: Recording, resource: string): string[] {
  const times = new Map<string, number>()
  const touched = (traceId: string, time: number) =>
    times.set(traceId, Math.min(times.get(traceId) ?? time, time))
  for (const { traceId, message, time } of recording.entries)
    if (message.id === resource) touched(traceId, time)
  for (const { traceId, annotations, start } of recording.spans) {
    if (annotations.resource !== resource) continue
    const [cause, another] = causesOf(recording, traceId)
    // In a batch with events of several requests, the log entries tell which one it was.
    if (another === undefined) touched(cause ?? traceId, start)
  }
  return [...times].sort(([, one], [, other]) => other - one).map(([traceId]) => traceId)
}

/** Returns the invocations of functions that an event of the request started. */
function invocationsOf(
  { spans, spansOf, entriesOf, invocation }: Recording,
  traceId: string,
): Span[] {
  const entries = entriesOf(traceId)
  const reactions = spans.filter(({ annotations }) => annotations.cause === traceId)
  const traceIds = new Set([
    ...entries.flatMap(({ requestId }) => invocation(requestId).map((span) => span.traceId)),
    ...reactions.map((span) => span.traceId),
  ])
  traceIds.delete(traceId)
  return [...traceIds].flatMap((id) => spansOf(id).filter(({ kind }) => kind === 'function'))
}

/** Whether a step belongs to the request. A batch also has the events of other requests. */
function isOfRequest(
  { name, annotations: { resource, cause } }: Span,
  traceId: string,
  resources: ReadonlySet<string>,
): boolean {
  if (cause !== undefined) return cause === traceId
  return name !== 'react' || resources.has(text(resource) ?? '')
}

/** The recorded parts of one trace, as far as they belong to the request. */
interface Scope {
  readonly spans: readonly Span[]
  /** The log entries with the trace id of the request. */
  readonly entries: readonly Entry[]
  /** The log entries with the trace id of this trace. */
  readonly ofTrace: readonly Entry[]
}

function hopOf(span: Span, scope: Scope): Hop {
  const { id, start, end, kind, requestId } = span
  const { spans, entries, ofTrace } = scope
  const steps = spans.filter(({ parent }) => parent === id)
  const moments =
    kind === 'function' ? entries.filter((entry) => entry.requestId === requestId) : []
  const hops = [...steps.map((step) => hopOf(step, scope)), ...moments.flatMap(momentOf)].sort(
    (one, other) => one.start - other.start,
  )
  return { label: labelOf(span), start, end, error: errorOf(span, ofTrace), hops }
}

/** The API's own segment does not name its error, but the log entry at its end does. */
function errorOf({ kind, error, end }: Span, entries: readonly Entry[]): HopError | undefined {
  if (kind !== 'API' || error === undefined) return error
  const [nearest] = entries
    .filter(({ message }) => Array.isArray(message.errors))
    .sort((one, other) => Math.abs(one.time - end) - Math.abs(other.time - end))
  const errors: unknown = nearest?.message.errors
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  return { name: text(inside(first, 'errorType')), message: text(inside(first, 'message')) }
}

function labelOf({ kind, name, annotations, error }: Span): string {
  if (kind !== 'step') return `${kind} ${name}`
  const { reactor, resource, number, event, outcome } = annotations
  if (outcome === 'taken') return words(name, 'lost against another writer')
  // A failed commit names an event that it has not stored.
  if (name === 'commit' && error !== undefined) return words(name, resource)
  return words(name, reactor, resource, number, event)
}

/** Returns the moment of a log entry about an event: committed, sent as a message, or parked. */
function momentOf({ message, time, level }: Entry): Hop[] {
  const { about, resource, reactor, id, number, type, error } = message
  const isFailed = level === 'ERROR' && isObject(error)
  const event = words(resource, id, number, type)
  const moment = (label: string) => ({
    label,
    start: time,
    ...(isFailed && { error: { name: text(error.name), message: text(error.message) } }),
    hops: [],
  })
  if (about === 'commit') return [moment(`event ${event}`)]
  if (about === 'feed') return [moment(`message ${event}${message.heldBack ? ', held back' : ''}`)]
  if (about === 'reaction' && isFailed) return [moment(words('parked', reactor, event))]
  return []
}

function words(...parts: readonly unknown[]): string {
  return parts.filter((part) => part !== undefined && part !== false).join(' ')
}
