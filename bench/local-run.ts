// `npm run measure`: measures the start of the local run, the size and the load time of the
// functions, the time of an event from its commit to a subscriber, the commands and queries per second,
// the lag of views, the check of a user's token, and the access rules. Prints figures of this machine. Asserts nothing.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import WebSocket from 'ws'
import { commandLine, fail } from './command-line.ts'
import { filterAlone, filterCosts } from './local-run/filter-cost.ts'
import { load, loadLine } from './local-run/load.ts'
import { ruleCosts } from './local-run/rule-cost.ts'
import { tokenCosts } from './local-run/token-cost.ts'
import { viewLag } from './local-run/view-lag.ts'

/** The application of the tests. */
const APP = join(import.meta.dirname, '../test/app')
const EVENTS = 200
/** The concurrent clients and the concerts of a load, as in load-child.ts. */
const LOAD = '16 clients, 50 concerts'
const HELP = `Measures the local run on this machine: npm run measure -- [options]

  --seconds N  the time under load of each kind, in seconds  (default: 15)
  --only KIND  measure only load, views (their lag), tokens (the check of tokens) or rules
  --help       print this text
`
const { values } = commandLine(HELP, {
  seconds: { type: 'string', default: '15' },
  only: { type: 'string' },
})
if (!(Number(values.seconds) > 0)) {
  fail(`--seconds must be a number above 0; got ${values.seconds}`)
}
if (values.only !== undefined && !['load', 'views', 'tokens', 'rules'].includes(values.only)) {
  fail(`--only must be load, views, tokens or rules; got ${values.only}`)
}
const folder = mkdtempSync(join(tmpdir(), 'measure-'))

interface Outputs {
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  readonly apiKey: string
}

/** Starts a local run on a free port. Returns the milliseconds until its outputs exist. */
async function start() {
  const began = performance.now()
  const args = ['--import', 'tsx', '../../lib/local/main.ts', '--port', '0', '--data', folder]
  const child = spawn(process.execPath, args, { cwd: APP, stdio: 'ignore', detached: true })
  const outputs = join(folder, 'outputs.json')
  while (!existsSync(outputs)) {
    if (child.exitCode !== null) throw new Error('The local run ended by itself')
    await delay(10)
  }
  const took = performance.now() - began
  const read: Outputs = JSON.parse(readFileSync(outputs, 'utf8'))
  return { took, outputs: read, pid: child.pid ?? 0, stop: () => stop(child) }
}

async function stop(child: ReturnType<typeof spawn>): Promise<void> {
  const exit = once(child, 'exit')
  if (child.pid) process.kill(-child.pid, 'SIGINT')
  await exit
}

/**
 * Returns the milliseconds of each mutation, and the milliseconds from its answer to the message at
 * a subscriber.
 */
async function latencies({ graphqlUrl, realtimeUrl, apiKey }: Outputs) {
  const authorization = { host: new URL(graphqlUrl).host, 'x-api-key': apiKey }
  const header = Buffer.from(JSON.stringify(authorization)).toString('base64url')
  const socket = new WebSocket(realtimeUrl, ['graphql-ws', `header-${header}`])
  const arrivals = new Map<number, number>()
  let subscribed = false
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse(String(data))
    if (type === 'start_ack') subscribed = true
    if (type === 'data') arrivals.set(payload.data.onConcertEvent.number, performance.now())
  })
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'connection_init' }))
  const data = JSON.stringify({ query: 'subscription { onConcertEvent { id number } }' })
  const payload = { data, extensions: { authorization } }
  socket.send(JSON.stringify({ id: '1', type: 'start', payload }))
  while (!subscribed) await delay(5)

  const addSeats = async (input: string): Promise<{ id: string; version: number }> => {
    const query = `mutation { addSeats(input: { ${input} }) { id version } }`
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
    const response = await fetch(graphqlUrl, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    })
    return JSON.parse(await response.text()).data.addSeats
  }
  const { id } = await addSeats('amount: 1')
  while (!arrivals.has(1)) await delay(5)

  const command: number[] = []
  const feed: number[] = []
  for (let count = 0; count < EVENTS; count += 1) {
    const sent = performance.now()
    const { version } = await addSeats(`id: "${id}", amount: 1`)
    const answered = performance.now()
    while (!arrivals.has(version)) await delay(1)
    command.push(answered - sent)
    feed.push((arrivals.get(version) ?? 0) - answered)
  }
  socket.close()
  return { command, feed }
}

function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((one, other) => one - other)
  return `${(sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1)} ms`
}

/**
 * Prints the size of each synthesized bundle, and the time that a new process takes to import it.
 */
function bundles(): void {
  const assembly = join(folder, 'cdk.out')
  for (const name of readdirSync(assembly).filter((name) => name.startsWith('asset.'))) {
    const file = join(assembly, name, 'index.mjs')
    if (!existsSync(file)) continue
    const script = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t)`
    const times = Array.from({ length: 11 }, () =>
      Number(
        execFileSync(process.execPath, ['--input-type=module', '-e', script], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
          env: { ...process.env, GRAPHQL_URL: 'http://localhost', LAMBDA_TASK_ROOT: assembly },
        }),
      ),
    )
    const kind = ['addSeats', 'concertEvents', 'publishConcertEvent'].find((word) =>
      readFileSync(file, 'utf8').includes(word),
    )
    const size = (statSync(file).size / 1024).toFixed(0)
    console.log(`function with ${kind}: ${size} KB, import ${quantile(times, 0.5)} (median of 11)`)
  }
}

/** Measures the run under load. Each client sends its next request after the previous answer. */
async function loads({ outputs, pid }: Awaited<ReturnType<typeof start>>): Promise<void> {
  for (const kind of ['queries', 'commands'] as const) {
    const options = { ...outputs, kind, pid, seconds: Number(values.seconds) }
    console.log(`${kind}, ${LOAD}: ${loadLine(await load(options))}`)
  }
}

/** Measures requests and start messages with an API key and with a user's token. */
async function tokens(): Promise<void> {
  const { firstCheck, costs } = await tokenCosts()
  const text = (time: number) => `${time.toFixed(0)} µs`
  console.log(`first check of a user's token, median: ${text(firstCheck)}`)
  for (const { of, key, token } of costs)
    console.log(`${of}, median: ${text(key)} with an API key, ${text(token)} with a known token`)
}

/** Measures commands and queries under rules, and messages with the filter of an owner. */
async function rules(): Promise<void> {
  for (const { call, isCached, rule, time, requests } of await ruleCosts()) {
    const state = isCached ? 'cached' : 'not cached'
    console.log(
      `${call}, resource ${state}, ${rule}: ${time.toFixed(0)} µs, ${requests.toFixed(2)} requests to the store`,
    )
  }
  console.log(`filter of an owner alone: ${filterAlone().toFixed(0)} ns`)
  for (const { of, without, with: filtered } of await filterCosts()) {
    console.log(
      `${of}: ${without.toFixed(0)} µs without and ${filtered.toFixed(0)} µs with a filter`,
    )
  }
}

/** Measures the time from a command to its place in a view. */
async function views(): Promise<void> {
  const local = await start()
  const { shown, behind } = await viewLag(local.outputs, EVENTS)
  console.log(
    `answer of a command to the answer of a view with its event, ${EVENTS} one after the other: median ${quantile(shown, 0.5)}, 99th percentile ${quantile(shown, 0.99)}, ${behind} behind`,
  )
  await local.stop()
}

async function run(): Promise<void> {
  const first = await start()
  console.log(`start, first: ${(first.took / 1000).toFixed(1)} s`)
  if (values.only !== 'load') {
    const { command, feed } = await latencies(first.outputs)
    console.log(
      `command, ${EVENTS} one after the other: median ${quantile(command, 0.5)}, 99th percentile ${quantile(command, 0.99)}`,
    )
    console.log(
      `answer to subscriber: median ${quantile(feed, 0.5)}, 99th percentile ${quantile(feed, 0.99)}`,
    )
    bundles()
  }
  await loads(first)
  await first.stop()
  if (values.only !== 'load') {
    const second = await start()
    console.log(`start, second: ${(second.took / 1000).toFixed(1)} s`)
    await second.stop()
  }
}

try {
  const { model = '?' } = cpus()[0] ?? {}
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  console.log(`Node.js ${process.version}, ${cpus().length} × ${model}, ${memory} GiB`)
  if (values.only === undefined || values.only === 'load') await run()
  if (values.only === undefined || values.only === 'views') await views()
  if (values.only === undefined || values.only === 'tokens') await tokens()
  if (values.only === undefined || values.only === 'rules') await rules()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
