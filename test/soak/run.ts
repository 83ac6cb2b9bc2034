import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { REREAD_MS } from '../../lib/local/faults/index.ts'
import { type Rates, writePlan } from '../support/fault-plan.ts'
import { type Answer, LocalRun } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'

/** A minute of the schedules, in milliseconds. */
const MINUTE = 100

/** A local run with faults, whose process the test kills repeatedly. */
export class FaultyRun {
  readonly folder = newFolder('soak')
  readonly #plan = join(this.folder, 'faults.json')
  readonly #seed: number
  #run: LocalRun | undefined
  #port = 0
  kills = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  async start(rates: Rates): Promise<void> {
    this.#plans(rates)
    const args = ['--minute', `${MINUTE}`, '--faults', this.#plan, '--port', `${this.#port}`]
    this.#run = await LocalRun.start(this.folder, {}, args)
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
