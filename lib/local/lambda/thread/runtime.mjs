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
import {
  CallbackHandlerDeprecatedError,
  HandlerNotFoundError,
  ImportModuleError,
  JSONStringifyError,
  logError,
  toFunctionError,
  toImportError,
} from './runtime-errors.mjs'

/** @typedef {import('./protocol.ts').WorkerData} WorkerData */
/** @typedef {import('./protocol.ts').WorkerMessage} WorkerMessage */

/** @type {WorkerData} */
const { codeFolder, handler: handlerName, callbacks, logFormat } = workerData

/** The id of the current or of the last invocation, or `-` before the first one. */
let requestId = '-'
patchConsole(
  workerData,
  (entry) => send({ kind: 'log', entry }),
  () => requestId,
)

if (workerData.inspect) {
  open(0, '127.0.0.1')
  console.info(`node inspect ${new URL(url()).host}`)
}

if (callbacks) {
  // The runtime of Node.js 24 leaves such errors to Node.js, which ends the process.
  process.on('uncaughtException', (error) => die(toFunctionError(error)))
  process.on('unhandledRejection', (reason) => {
    const { trace } = toFunctionError(reason)
    die({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: `${reason}`, trace })
  })
}

/** @type {((event: unknown, context: object, callback?: Function) => unknown) | undefined} */
const handler = await load()
if (handler) {
  parentPort?.on('message', invoke)
  send({ kind: 'ready' })
}

async function load() {
  try {
    const found = await find()
    if (found.length >= 3 && !callbacks) throw new CallbackHandlerDeprecatedError()
    return found
  } catch (error) {
    logError('Init Error', error, logFormat)
    die(toFunctionError(error))
  }
}

async function find() {
  const dot = handlerName.indexOf('.')
  const [file, path] = [handlerName.slice(0, dot), handlerName.slice(dot + 1).split('.')]
  const loaded = await importFile(file)
  const at = (from) => path.reduce((found, name) => found?.[name], from)
  const found = at(loaded) ?? at(loaded.default)
  if (!found) throw new HandlerNotFoundError(`${handlerName} is undefined or not exported`)
  if (typeof found !== 'function')
    throw new HandlerNotFoundError(`${handlerName} is not a function`)
  return found
}

async function importFile(file) {
  const ending = ['js', 'mjs', 'cjs'].find((end) => existsSync(join(codeFolder, `${file}.${end}`)))
  if (!ending) throw new ImportModuleError(new Error(`Cannot find module '${file}'`))
  try {
    return await import(pathToFileURL(join(codeFolder, `${file}.${ending}`)).href)
  } catch (error) {
    throw toImportError(error)
  }
}

/** @param {import('./protocol.ts').Invocation} invocation */
async function invoke({ payload, traceHeader, deadline, context }) {
  requestId = context.awsRequestId
  process.env._X_AMZN_TRACE_ID = traceHeader
  const fullContext = {
    ...context,
    xRayTraceId: traceHeader,
    ...(callbacks && { callbackWaitsForEmptyEventLoop: true }),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  }
  try {
    const event = JSON.parse(payload)
    const result = await (handler.length >= 3
      ? called(event, fullContext)
      : handler(event, fullContext))
    send({ kind: 'result', payload: toJson(result) })
  } catch (error) {
    logError('Invoke Error', error, logFormat)
    send({ kind: 'error', error: toFunctionError(error), fatal: false })
  }
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
  const json = stringify(result === undefined ? null : result)
  // A result such as a function has no JSON. The native part of the runtime rejects it.
  if (json === undefined) throw new TypeError('Wrong arguments')
  return json
}

function stringify(value) {
  try {
    return JSON.stringify(value)
  } catch {
    const message = 'Unable to stringify response body'
    throw callbacks ? new Error(message) : new JSONStringifyError(message)
  }
}

function die(error) {
  send({ kind: 'error', error, fatal: true })
}

/** @param {WorkerMessage} message */
function send(message) {
  parentPort?.postMessage(message)
}
