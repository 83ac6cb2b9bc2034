/**
 * The errors of Lambda's runtime, with the types and texts of npm package aws-lambda-ric 4.0.2,
 * which is the runtime of Node.js 24.
 */

export class HandlerNotFoundError extends Error {
  name = 'Runtime.HandlerNotFound'
}

export class CallbackHandlerDeprecatedError extends Error {
  name = 'Runtime.CallbackHandlerDeprecated'

  constructor() {
    super(
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    )
  }
}

export class JSONStringifyError extends Error {
  name = 'Runtime.JSONStringifyError'
}

export class ImportModuleError extends Error {
  name = 'Runtime.ImportModuleError'

  constructor(cause) {
    super(String(cause))
  }
}

class UserCodeSyntaxError extends Error {
  name = 'Runtime.UserCodeSyntaxError'

  constructor(cause) {
    super(String(cause))
    this.stack = cause.stack
  }
}

/**
 * Describes any thrown value, as the answer of a failed invocation does.
 * @returns {import('../local-function.ts').FunctionError}
 */
export function toFunctionError(thrown) {
  try {
    if (!(thrown instanceof Error))
      return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] }
    const { name, message, stack } = thrown
    return {
      errorType: printable(name),
      errorMessage: printable(message),
      trace: stack ? printable(stack).split('\n') : [],
    }
  } catch {
    // A getter or a method of the value throws.
    const errorMessage =
      'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack'
    return { errorType: 'handled', errorMessage, trace: [] }
  }
}

/**
 * Returns the error of a failed import. An error that the module throws stays the same. Lambda's
 * runtime recognizes a missing module by its CommonJS code only.
 */
export function toImportError(thrown) {
  if (thrown instanceof SyntaxError) return new UserCodeSyntaxError(thrown)
  const isMissing = thrown instanceof Error && thrown.code === 'MODULE_NOT_FOUND'
  return isMissing ? new ImportModuleError(thrown) : thrown
}

/**
 * Logs an error, as Lambda's runtime does before it reports the error.
 * @param {'Init Error' | 'Invoke Error'} title
 * @param {'JSON' | 'Text'} logFormat
 */
export function logError(title, thrown, logFormat) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  if (logFormat === 'JSON') console.error(error)
  else console.error(title, `\t${describeInText(error)}`)
}

function describeInText(error) {
  try {
    return JSON.stringify(error, (_, value) => {
      if (!(value instanceof Error)) return value
      const { name, message, code, stack } = value
      const fields = { errorType: name, errorMessage: message, code, ...value }
      return typeof stack === 'string' ? { ...fields, stack: stack.split('\n') } : fields
    })
  } catch {
    return JSON.stringify(toFunctionError(error))
  }
}

/** Replaces the control character DEL, as the runtime does. */
function printable(text) {
  return text.replaceAll('\u007F', '%7F')
}
