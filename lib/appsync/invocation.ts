import { loggable, logsPayloads, tracedInvocation } from '../event-sourcing/index.ts'
import { errorDetails, log } from './log.ts'

/** The part of Lambda's context that handlers use. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number
}

/**
 * Runs the work of an invocation under its trace. Logs the error that ends it, and throws it for
 * Lambda to count. Lambda logs and traces the thrown error itself, so that error has no payload.
 * @param about the field or the task
 */
export function invocation<T>(about: string, work: () => Promise<T>): Promise<T> {
  return tracedInvocation(async () => {
    try {
      return await work()
    } catch (error) {
      log('error', about, { error: errorDetails(error) })
      throw logsPayloads() ? error : withoutPayload(error)
    }
  })
}

function withoutPayload(thrown: unknown): Error {
  const {
    name,
    message = 'The log entry before this one has the details',
    stack,
  } = loggable(thrown)
  return Object.assign(new Error(message), { name, ...(stack !== undefined && { stack }) })
}
