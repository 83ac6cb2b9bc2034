import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import WebSocket from 'ws'
import { type ApiEvent, appSyncTransport, eventFeed } from '../../lib/client/index.ts'

/** The application of the tests. */
const APP = join(import.meta.dirname, '../../test/app')

/** A minute of the schedules, in milliseconds. The six hours of the reconciler last 72 seconds. */
const MINUTE = 200

/** The maximum wait for a condition, in milliseconds. */
export const WAIT = 60_000

export type Row = readonly [what: string, figure: string]

interface Outputs {
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  readonly apiKey: string
}

interface Thing {
  readonly id: string
  readonly status?: string
  readonly version?: number
}

type Data = Readonly<Record<string, Thing>>

/** A local run in its own process. The benchmark controls its faults and its end. */
export class Run {
  readonly folder = mkdtempSync(join(tmpdir(), 'bench-feed-'))
  readonly #plan = join(this.folder, 'faults.json')
  readonly #env: Record<string, string>
  #child: ChildProcess | undefined
  #outputs: Outputs | undefined

  constructor(env: Record<string, string> = {}) {
    this.#env = env
    this.faults({})
  }

  get outputs(): Outputs {
    if (!this.#outputs) throw new Error('There is no run')
    return this.#outputs
  }

  faults(rates: Readonly<Record<string, number>>): void {
    const written = `${this.#plan}.new`
    writeFileSync(written, JSON.stringify({ seed: 1, rates }))
    // The renaming prevents a reader from seeing half a plan.
    renameSync(written, this.#plan)
  }

  /** @param isKept whether to use the assembly and the port of an earlier run */
  async start(isKept = false): Promise<void> {
    const port = isKept ? new URL(this.outputs.graphqlUrl).port : '0'
    const assembly = isKept ? ['--assembly', join(this.folder, 'cdk.out')] : []
    const options = ['--port', port, '--data', this.folder, '--minute', `${MINUTE}`]
    const args = ['--import', 'tsx', '../../lib/local/main.ts', ...options, '--faults', this.#plan]
    const env = { ...process.env, ...this.#env }
    const child = spawn(process.execPath, [...args, ...assembly], {
      cwd: APP,
      env,
      stdio: 'ignore',
    })
    this.#child = child
    const file = join(this.folder, 'outputs.json')
    await until(60_000, async () => {
      if (child.exitCode !== null) throw new Error('The run ended by itself')
      return existsSync(file)
    })
    this.#outputs = JSON.parse(readFileSync(file, 'utf8'))
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill(signal)
    await exit
    if (signal === 'SIGKILL') rmSync(join(this.folder, 'outputs.json'), { force: true })
  }

  async remove(): Promise<void> {
    await this.kill('SIGINT')
    rmSync(this.folder, { recursive: true, force: true })
  }

  async graphql(query: string, variables: object = {}): Promise<Data> {
    const { graphqlUrl, apiKey } = this.outputs
    const response = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors }: { data?: Data | null; errors?: unknown } = JSON.parse(
      await response.text(),
    )
    if (!data || errors) throw new Error(JSON.stringify(errors))
    return data
  }

  /** Repeats a command with the same command id until it is accepted. Returns the resource's id. */
  async command(field: string, input: object): Promise<string> {
    const commandId = `bench-${Math.random()}`
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { id } }`
    for (;;) {
      try {
        const { [field]: result } = await this.graphql(query, { input: { ...input, commandId } })
        return result?.id ?? ''
      } catch {
        await delay(100)
      }
    }
  }

  addSeats = (id?: string, amount = 1) =>
    this.command('addSeats', id === undefined ? { amount } : { id, amount })

  book = (concertId: string) => this.command('placeBooking', { concertId, quantity: 1 })

  async isSettled(id: string): Promise<boolean> {
    const { booking } = await this.graphql('query ($id: ID!) { booking(id: $id) { id status } }', {
      id,
    })
    return booking?.status !== 'PLACED'
  }

  feed(pollInterval?: number) {
    const { graphqlUrl, realtimeUrl, apiKey } = this.outputs
    const connection = { graphqlUrl, realtimeUrl, apiKey, webSocket: WebSocket, longestPause: 1000 }
    return eventFeed<ApiEvent>({
      transport: appSyncTransport(connection),
      resource: 'Concert',
      fields: [],
      longestPause: 1000,
      ...(pollInterval !== undefined && { pollInterval }),
    })
  }
}

/** Watches a resource. Returns the numbers of the events, each with the time of its arrival. */
export function follow(
  feed: ReturnType<Run['feed']>,
  id: string,
  signal: AbortSignal,
): Map<number, number> {
  const seen = new Map<number, number>()
  const watching = async () => {
    for await (const { number } of feed.watchEvents({ id, signal })) {
      seen.set(number, performance.now())
    }
  }
  watching().catch((error: unknown) => {
    throw error
  })
  return seen
}

/** @throws Error when the condition does not hold in time */
export async function until(within: number, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + within
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not within ${within} ms`)
    await delay(5)
  }
}

/** Runs the work for each item, `atOnce` items at a time. */
export async function each<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
) {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

export function spread(times: readonly number[]): string {
  const sorted = [...times].sort((one, other) => one - other)
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1)
  return `median ${at(0.5)} ms, 99th percentile ${at(0.99)} ms`
}
