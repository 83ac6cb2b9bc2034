import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { REREAD_MS } from '../../lib/local/faults/index.ts'
import { type App, assembly } from '../support/assembly.ts'
import { type Rates, writePlan } from '../support/fault-plan.ts'
import { type Answer, LocalRun } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'

/** A minute of the schedules, in milliseconds. */
const MINUTE = 100

/** The rates of the faults while commands run. */
export const RATES: Rates = {
  'function.throws': 0.02,
  'function.dies': 0.01,
  'function.timesOut': 0.005,
  'stream.late': 0.1,
  'stream.twice': 0.1,
  'stream.reordered': 0.3,
  'stream.split': 0.2,
  'stream.lost': 0.01,
  'api.fails': 0.02,
  'api.throttles': 0.02,
  'api.losesAnswer': 0.02,
  'api.drops': 0.05,
  'api.closes': 0.01,
  'dynamodb.throttles': 0.02,
  'dynamodb.fails': 0.02,
  'dynamodb.losesAnswer': 0.02,
}

/** A local run with faults, whose process the test kills repeatedly. */
export class FaultyRun {
  readonly folder = newFolder('soak')
  readonly #plan = join(this.folder, 'faults.json')
  readonly #seed: number
  readonly #app: App
  #run: LocalRun | undefined
  #port = 0
  kills = 0

  constructor(seed: number, app: App = 'tests') {
    this.#seed = seed
    this.#app = app
  }

  async start(rates: Rates): Promise<void> {
    this.#plans(rates)
    const args = ['--minute', `${MINUTE}`, '--faults', this.#plan, '--port', `${this.#port}`]
    this.#run = await LocalRun.start(this.folder, {}, args, await assembly(this.#app))
    this.#port = Number(new URL(this.#run.outputs.graphqlUrl).port)
  }

  get current(): LocalRun {
    if (!this.#run) throw new Error('There is no run')
    return this.#run
  }

  /** Changes the rates of the faults, and waits until they apply. */
  async rates(rates: Rates): Promise<void> {
    this.#plans(rates)
    await delay(REREAD_MS)
  }

  #plans(rates: Rates): void {
    // Each start uses a different seed.
    writePlan(this.#plan, { seed: this.#seed + this.kills, rates })
  }

  /** Kills the process, and starts it again with the same data and the same address. */
  async kill(rates: Rates): Promise<void> {
    this.kills += 1
    await this.current.end('SIGKILL')
    await this.start(rates)
  }

  async remove(): Promise<void> {
    await this.#run?.remove()
  }

  /** The folder with the data of DynamoDB. */
  get dynamodb(): string {
    return join(this.folder, 'dynamodb')
  }

  graphql(query: string, variables: object = {}): Promise<Answer> {
    return this.current.graphql(query, variables)
  }
}
