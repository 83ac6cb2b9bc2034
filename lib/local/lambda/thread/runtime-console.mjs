import { format } from 'node:util'

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']

/**
 * Turns `console.*` into log entries, as Lambda's Node.js runtime does. In the JSON format, a
 * single argument keeps its type. Entries below the function's log level are dropped.
 * @param {{logFormat: 'JSON' | 'Text', logLevel: string}} options
 * @param {(entry: object) => void} write
 * @param {() => string} currentRequest
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
    console[method] = (message, ...values) => {
      if (LEVELS.indexOf(level) < lowest) return
      write({
        timestamp: new Date().toISOString(),
        level,
        requestId: currentRequest(),
        ...(logFormat === 'JSON'
          ? jsonMessage(message, values)
          : { message: format(message, ...values) }),
      })
    }
  }
}

/**
 * @param {unknown} message
 * @param {unknown[]} values
 */
function jsonMessage(message, values) {
  if (values.length === 0) {
    try {
      // The round trip through JSON removes values that cannot pass between threads.
      const text = JSON.stringify({ message }, (_, value) => describeError(value))
      return JSON.parse(text)
    } catch {
      return { message: inLine(message) }
    }
  }
  const error = values.find((value) => value instanceof Error)
  return {
    message: format(message, ...values),
    ...(error && {
      errorType: typeOf(error),
      errorMessage: error.message,
      stackTrace: linesOf(error.stack) ?? [],
    }),
  }
}

/** Formats a value that has no JSON. Node.js before 24 fails if a getter of an error throws. */
function inLine(value) {
  try {
    return format(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

/** @param {unknown} value */
function describeError(value) {
  if (!(value instanceof Error)) return value
  const { message, stack } = value
  const stackTrace = linesOf(stack) ?? stack
  return { errorType: typeOf(value), errorMessage: message, stackTrace, ...value }
}

/** @param {Error} error */
function typeOf(error) {
  return error.constructor?.name ?? 'UnknownError'
}

/** @param {unknown} stack */
function linesOf(stack) {
  return typeof stack === 'string' ? stack.split('\n') : undefined
}
