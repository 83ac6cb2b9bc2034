import { AsyncLocalStorage } from 'node:async_hooks'
import AWSXRay from 'aws-xray-sdk-core'
import { isEventSourcingError } from '../errors.ts'
import { loggable } from './loggable.ts'

/**
 * Isolates AWS X-Ray. To use another tracer, replace this file: the rest of the project depends
 * only on its exports.
 */

/** Annotations of a subsegment. X-Ray can search them: `annotation.resource = "…"`. */
export interface Annotations {
  /** The resource's id. */
  readonly resource?: string
  /** The event's type. */
  readonly event?: string
  /** The event's number. */
  readonly number?: number
  /** The caller who caused the work: `actor` of EventMeta. */
  readonly actor?: string
  /** The id of the user who owns the resource. */
  readonly owner?: string
  /** The name of the reactor that handles the event. */
  readonly reactor?: string
  /** The name of the view that a query reads. */
  readonly view?: string
  /** The name of the wake-up that the reactor handles. */
  readonly wake?: string
  /** The trace id of the request that caused the work, if the work has a trace of its own. */
  readonly cause?: string
  /** The outcome of a put. */
  readonly outcome?: 'stored' | 'taken'
  /** The code of the error that ended the work. */
  readonly error?: string
}

export type Annotate = (annotations: Annotations) => void

/**
 * Lambda's own segment, which the SDK creates when a function loads it. Read from the SDK's
 * context, because `getSegment` logs an error outside an invocation.
 */
const lambdaSegment = process.env.LAMBDA_TASK_ROOT ? contextSegment() : undefined

const causes = new AsyncLocalStorage<string | undefined>()

/**
 * Returns the trace id of the current work. This is the trace id of the invocation, or of the
 * request that caused the event that a reaction handles. Returns undefined if tracing is off.
 */
export function currentTraceId(): string | undefined {
  const cause = causes.getStore()
  if (cause) return cause
  const header = process.env._X_AMZN_TRACE_ID
  return header ? AWSXRay.utils.processTraceData(header).root : undefined
}

/**
 * Returns the header `X-Amzn-Trace-Id` for a request to another service, which continues the trace
 * of the invocation. Returns undefined if tracing is off.
 */
export function traceHeader(): string | undefined {
  const header = process.env._X_AMZN_TRACE_ID
  if (!lambdaSegment || !header) return undefined
  const { root, parent, sampled } = AWSXRay.utils.processTraceData(header)
  return `Root=${root};Parent=${contextSegment()?.id ?? parent};Sampled=${sampled}`
}

/**
 * Runs work that an event caused. Commits and log entries of this work carry the trace id of the
 * request that caused the event. One trace id therefore finds all effects of a request.
 * @param traceId the event's trace id; undefined: the trace id of the current work
 */
export function causedBy<T>(traceId: string | undefined, work: () => T): T {
  return causes.run(traceId, work)
}

/**
 * Runs work in its own subsegment. Outside Lambda, or in a request that is not sampled, runs the
 * work without a subsegment. An error annotates the subsegment with its code, and leaves no payload
 * in it. Only faults of the service are marked as faults, so that a rejected command does not look
 * like a failure.
 */
export function traced<T>(name: string, work: (annotate: Annotate) => Promise<T>): Promise<T> {
  if (!lambdaSegment || !isSampled()) return work(() => {})
  return inNewContext(async () => {
    if (!contextSegment()) AWSXRay.setSegment(lambdaSegment)
    return AWSXRay.captureAsyncFunc(name, async (subsegment) => {
      const annotate: Annotate = (annotations) => {
        for (const [key, value] of Object.entries(annotations))
          subsegment?.addAnnotation(key, value)
      }
      try {
        const result = await work(annotate)
        subsegment?.close()
        return result
      } catch (error) {
        const known = isEventSourcingError(error)
        const { name, message, data, stack } = loggable(error)
        annotate({ error: name })
        if (known && !error.fault) {
          subsegment?.addErrorFlag()
          subsegment?.addMetadata('error', { ...(message !== undefined && { message }), data })
          subsegment?.close()
        } else {
          // X-Ray's SDK reads properties that may throw, so it gets an error of our own.
          subsegment?.close(
            Object.assign(new Error(message ?? ''), { name, ...(stack && { stack }) }),
          )
        }
        throw error
      }
    })
  })
}

/**
 * Runs the work of an invocation under that invocation's trace. Replaces the trace context that an
 * earlier invocation left.
 */
export function tracedInvocation<T>(work: () => Promise<T>): Promise<T> {
  if (!lambdaSegment) return work()
  return inNewContext(() => {
    AWSXRay.setSegment(lambdaSegment)
    return work()
  })
}

/** Whether X-Ray keeps the trace of the invocation. A subsegment costs processor time even if not. */
function isSampled(): boolean {
  const header = process.env._X_AMZN_TRACE_ID
  return header !== undefined && !header.includes('Sampled=0')
}

function contextSegment(): AWSXRay.Segment | AWSXRay.Subsegment | undefined {
  const segment: unknown = AWSXRay.getNamespace().get('segment')
  const isSegment = segment instanceof AWSXRay.Segment || segment instanceof AWSXRay.Subsegment
  return isSegment ? segment : undefined
}

function inNewContext<T>(work: () => Promise<T>): Promise<T> {
  return AWSXRay.getNamespace().runPromise(work)
}
