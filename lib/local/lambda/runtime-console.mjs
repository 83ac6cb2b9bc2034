import { format } from 'node:util'

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']

/**
 * Turns `console.*` into log entries, as Lambda's Node.js runtime does. In the JSON format, a
 * single argument keeps its type. Entries below the function's log level are dropped.
 * @param {{logFormat: 'JSON' | 'Text', logLevel: string}} options
 * @param {(entry: object) => void} write
 * @param {() => string | undefined} currentRequest
 */
export function patchConsole({ logFormat, logLevel }, write, currentRequest) {
  const lowest = logFormat === 'JSON' ? LEVELS.indexOf(logLevel) : 0
  const methods = {
    trace: 'TRACE',
    debug: 'DEBUG',
    log: 'INFO',
    info: 'INFO',
    warn: 'WARN',
    error: 'ERROR',
    fatal: 'FATAL',
  }
  for (const [method, level] of Object.entries(methods)) {
    console[method] = (...values) => {
      if (LEVELS.indexOf(level) < lowest) return
      const requestId = currentRequest()
      write({
        timestamp: new Date().toISOString(),
        level,
        ...(requestId && { requestId }),
        ...(logFormat === 'JSON' ? jsonMessage(values) : { message: format(...values) }),
      })
    }
  }
}

/** @param {unknown[]} values */
function jsonMessage(values) {
  if (values.length === 1) {
    const [message] = values
    try {
      // The round trip through JSON removes values that cannot pass between threads.
      const text = JSON.stringify({ message }, (_, value) => describeError(value))
      return JSON.parse(text)
    } catch {
      return { message: format(message) }
    }
  }
  const error = values.find((value) => value instanceof Error)
  const { errorType, errorMessage, stackTrace } = error ? describeError(error) : {}
  return {
    message: format(...values),
    ...(error && { errorType, errorMessage, stackTrace }),
  }
}

/** @param {unknown} value */
function describeError(value) {
  if (!(value instanceof Error)) return value
  return {
    errorType: value.constructor?.name ?? 'UnknownError',
    errorMessage: value.message,
    stackTrace: typeof value.stack === 'string' ? value.stack.split('\n') : [],
    ...value,
  }
}
