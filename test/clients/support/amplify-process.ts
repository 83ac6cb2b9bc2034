import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { eventually } from '../../support/eventually.ts'
import type { LocalRun } from '../../support/local-run.ts'
import type { UserMode } from './user-api.ts'

/** An order of amplify-user.mjs. */
export interface Order {
  /** The name of the request in the observations. */
  readonly name?: string
  readonly query?: string
  readonly variables?: object
  readonly token?: string
  /** The name of a subscription to end. */
  readonly stop?: string
  readonly cut?: true
}

export interface Observation {
  readonly name: string
  readonly about: 'answer' | 'event' | 'failed'
  readonly data?: Readonly<Record<string, { readonly id?: string; readonly owner?: string }>>
  readonly error?: string
}

/** Amplify as a user, in its own process. */
export class AmplifyProcess {
  readonly #all: Observation[] = []
  readonly #process: ChildProcessWithoutNullStreams
  #count = 0

  constructor({ outputs, folder }: LocalRun, mode: UserMode) {
    const endpoint = outputs.graphqlUrl.replace('http:', 'https:')
    const file = join(__dirname, '..', 'amplify-user.mjs')
    this.#process = spawn(process.execPath, [file, endpoint, mode], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem') },
    })
    const lines = createInterface({ input: this.#process.stdout })
    lines.on('line', (line) => this.#all.push(JSON.parse(line)))
  }

  order(order: Order): void {
    this.#process.stdin.write(`${JSON.stringify(order)}\n`)
  }

  /** Sends a query or a mutation. Returns its answer or its failure. */
  async send(query: string, variables: object = {}): Promise<Observation> {
    this.#count += 1
    const name = `request-${this.#count}`
    this.order({ name, query, variables })
    return eventually(async () => this.of(name)[0], 20_000)
  }

  /** Returns the observations of a request or a subscription. */
  of(name: string): readonly Observation[] {
    return this.#all.filter((observation) => observation.name === name)
  }

  failure(name: string): Promise<string> {
    const failed = () => this.of(name).find(({ about }) => about === 'failed')
    return eventually(async () => failed()?.error, 20_000)
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null) return
    this.#process.stdin.end()
    await once(this.#process, 'exit')
  }
}
