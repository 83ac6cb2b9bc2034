// Replaces rapid-client.node, the native part of aws-lambda-ric, which npm would have to compile.
// Like the native part, `done` and `error` return when the Runtime API has the answer: meanwhile
// the function's thread is blocked. The runtime's own HTTP client fetches the invocations.
const { join } = require('node:path')
const { Worker } = require('node:worker_threads')

const POSTED = 1

const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
const poster = new Worker(join(__dirname, 'poster.mjs'), {
  workerData: { state, api: process.env.AWS_LAMBDA_RUNTIME_API },
  execArgv: [],
})
poster.unref()

function post(...texts) {
  // The native part accepts only strings.
  if (texts.some((text) => typeof text !== 'string')) throw new TypeError('Wrong arguments')
  const [path, body, headers] = texts
  Atomics.store(state, 0, 0)
  poster.postMessage({ path, body, headers })
  Atomics.wait(state, 0, 0)
  if (Atomics.load(state, 0) !== POSTED) throw new Error(`The Runtime API rejected ${path}`)
}

module.exports = {
  done(id, response) {
    post(`invocation/${id}/response`, response, '{}')
  },
  error(id, error, cause) {
    post(
      `invocation/${id}/error`,
      error,
      JSON.stringify({ 'Lambda-Runtime-Function-XRay-Error-Cause': cause }),
    )
  },
}
