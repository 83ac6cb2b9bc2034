/**
 * The code inside a worker thread. Acts as Lambda's Node.js runtime interface client for a
 * function. Plain JavaScript, so that a cold start needs no compiler. Its messages are in
 * protocol.ts.
 */
import { existsSync } from 'node:fs'
import { open, url } from 'node:inspector'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { types } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { patchConsole } from './runtime-console.mjs'

/** @typedef {import('./protocol.ts').WorkerData} WorkerData */
/** @typedef {import('./protocol.ts').WorkerMessage} WorkerMessage */

/** @type {WorkerData} */
const { codeFolder, handler: handlerName, callbacks } = workerData

/** @type {string | undefined} */
let requestId
patchConsole(
  workerData,
  (entry) => send({ kind: 'log', entry }),
  () => requestId,
)

if (workerData.inspect) {
  open(0, '127.0.0.1')
  console.info(`node inspect ${new URL(url()).host}`)
}

process.on('uncaughtException', (error) => die(toFunctionError(error)))
process.on('unhandledRejection', (reason) => {
  const { trace } = toFunctionError(reason)
  die({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: `${reason}`, trace })
})

/** @type {((event: unknown, context: object, callback?: Function) => unknown) | undefined} */
const handler = await load()
if (handler) {
  parentPort?.on('message', invoke)
  send({ kind: 'ready' })
}

async function load() {
  const dot = handlerName.indexOf('.')
  const [file, path] = [handlerName.slice(0, dot), handlerName.slice(dot + 1).split('.')]
  const ending = ['mjs', 'js', 'cjs'].find((end) => existsSync(join(codeFolder, `${file}.${end}`)))
  try {
    const loaded = await import(pathToFileURL(join(codeFolder, `${file}.${ending}`)).href)
    const find = (from) => path.reduce((found, name) => found?.[name], from)
    const found = find(loaded) ?? find(loaded.default)
    if (typeof found !== 'function') {
      const errorMessage = `${handlerName} is undefined or not exported`
      die({ errorType: 'Runtime.HandlerNotFound', errorMessage, trace: [] })
    } else if (found.length >= 3 && !callbacks) {
      const errorMessage = 'Callback-based function handlers are not supported as of Node.js 24'
      die({ errorType: 'Runtime.CallbackHandlerDeprecated', errorMessage, trace: [] })
    } else return found
  } catch (error) {
    die(toImportError(error))
  }
}

/** @param {import('./protocol.ts').Invocation} invocation */
async function invoke({ payload, traceHeader, deadline, context }) {
  requestId = context.awsRequestId
  process.env._X_AMZN_TRACE_ID = traceHeader
  const fullContext = {
    ...context,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  }
  try {
    const event = JSON.parse(payload)
    const result = await (handler.length >= 3
      ? called(event, fullContext)
      : handler(event, fullContext))
    send({ kind: 'result', payload: toJson(result) })
  } catch (error) {
    const described = toFunctionError(error)
    // Lambda's runtime logs a handler's error as a separate line.
    const { errorType, errorMessage, trace } = described
    console.error({ errorType, errorMessage, stackTrace: trace })
    send({ kind: 'error', error: described, fatal: false })
  }
  requestId = undefined
}

/** Calls a callback-style handler. */
function called(event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result))
    const returned = handler(event, context, callback)
    if (types.isPromise(returned)) returned.then(resolve, reject)
  })
}

function toJson(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null'
  } catch (cause) {
    const error = new Error('Unable to stringify response body', { cause })
    error.name = 'Runtime.MarshalError'
    throw error
  }
}

/** Describes any thrown value as Lambda's runtime does. */
function toFunctionError(thrown) {
  try {
    if (!types.isNativeError(thrown) && !(thrown instanceof Error))
      return { errorType: typeof thrown, errorMessage: thrown.toString(), trace: [] }
    const { name, message, stack = '' } = thrown
    return { errorType: name, errorMessage: message, trace: stack.split('\n') }
  } catch {
    // The value is undefined, or has a getter or a method that throws.
    const errorMessage =
      'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack'
    return { errorType: 'handled', errorMessage, trace: [] }
  }
}

/**
 * Describes an error of the import. An error that the module throws keeps its type. An error that
 * prevents the import gets Lambda's type.
 */
function toImportError(thrown) {
  const error = toFunctionError(thrown)
  const missing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(thrown?.code)
  const errorType = missing
    ? 'Runtime.ImportModuleError'
    : thrown instanceof SyntaxError
      ? 'Runtime.UserCodeSyntaxError'
      : undefined
  if (!errorType) return error
  return { ...error, errorType, errorMessage: `${error.errorType}: ${error.errorMessage}` }
}

function die(error) {
  send({ kind: 'error', error, fatal: true })
}

/** @param {WorkerMessage} message */
function send(message) {
  parentPort?.postMessage(message)
}
