import { AsyncLocalStorage } from 'node:async_hooks'
import AWSXRay from 'aws-xray-sdk-core'
import { isEventSourcingError } from '../errors.ts'

/**
 * Everything that touches X-Ray. Exchange this file for another tracer: the rest of the project
 * knows only what it exports.
 */

/** Searchable in X-Ray: `annotation.resource = "…"`. */
export interface Annotations {
  /** The resource's id. */
  readonly resource?: string
  /** The event's type. */
  readonly event?: string
  /** The event's number. */
  readonly number?: number
  /** The code of the error that ended the work. */
  readonly error?: string
}

export type Annotate = (annotations: Annotations) => void

/**
 * Lambda's own segment, which the SDK makes when it is loaded in a function. Taken from its context,
 * since `getSegment` would complain that no invocation is under way yet.
 */
const lambdaSegment = process.env.LAMBDA_TASK_ROOT ? contextSegment() : undefined

const causes = new AsyncLocalStorage<string | undefined>()

/**
 * The trace id of what the work under way goes back to: of the invocation, or of the request that
 * caused the event which it reacts to. Undefined where nothing is traced.
 */
export function currentTraceId(): string | undefined {
  const cause = causes.getStore()
  if (cause) return cause
  const header = process.env._X_AMZN_TRACE_ID
  return header ? AWSXRay.utils.processTraceData(header).root : undefined
}

/**
 * Does what an event caused. What it commits and logs bears the trace id of the request that the
 * event goes back to, so that one id leads from there to all that came of it.
 * @param traceId that of the event; undefined: the work's own
 */
export function causedBy<T>(traceId: string | undefined, work: () => T): T {
  return causes.run(traceId, work)
}

/**
 * Does a piece of work in a subsegment of its own: outside Lambda, or in a request that is not
 * sampled, just does it. An error annotates the subsegment with its code; only what is a fault of
 * ours is marked as one, so that a refused command does not look like a failure.
 */
export function traced<T>(name: string, work: (annotate: Annotate) => Promise<T>): Promise<T> {
  if (!lambdaSegment || !currentTraceId()) return work(() => {})
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
        annotate({ error: known ? error.code : errorName(error) })
        if (known && !error.fault) {
          subsegment?.addErrorFlag()
          subsegment?.addMetadata('error', { message: error.message, data: error.data })
          subsegment?.close()
        } else {
          subsegment?.close(error instanceof Error ? error : String(error))
        }
        throw error
      }
    })
  })
}

/**
 * Does an invocation's work under the trace of that invocation, whatever an earlier one left in
 * the context.
 */
export function tracedInvocation<T>(work: () => Promise<T>): Promise<T> {
  if (!lambdaSegment) return work()
  return inNewContext(() => {
    AWSXRay.setSegment(lambdaSegment)
    return work()
  })
}

function contextSegment(): AWSXRay.Segment | AWSXRay.Subsegment | undefined {
  const segment: unknown = AWSXRay.getNamespace().get('segment')
  const isSegment = segment instanceof AWSXRay.Segment || segment instanceof AWSXRay.Subsegment
  return isSegment ? segment : undefined
}

function inNewContext<T>(work: () => Promise<T>): Promise<T> {
  return AWSXRay.getNamespace().runPromise(work)
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
