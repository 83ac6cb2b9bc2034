import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Outputs } from '../../../lib/local/state-folder.ts'

const repository = join(__dirname, '../../..')
/** A small app with another domain than the project's. */
export const FIXTURE = join(repository, 'test/local/fixture')
const tsx = pathToFileURL(require.resolve('tsx')).href

/** The process that `npm start` runs, without npm. */
export class MainProcess {
  readonly #child: ChildProcess
  readonly exited: Promise<number | string>
  output = ''

  /** @param env variables in addition to those of this process */
  constructor(args: string[], folder = FIXTURE, env: Readonly<Record<string, string>> = {}) {
    const main = join(repository, 'lib/local/main.ts')
    this.#child = spawn(process.execPath, ['--import', tsx, main, ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk) => {
        this.output += chunk
      })
    this.exited = once(this.#child, 'close').then(([code, signal]) => code ?? signal)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Waits until the run prints that it is ready. Returns the outputs that it wrote. */
  async ready(state: string): Promise<Outputs> {
    const ended = this.exited.then((code) => {
      throw new Error(`It ended with ${code}: ${this.output}`)
    })
    const ready = new Promise<void>((resolve) => {
      const look = () => {
        if (this.output.includes('ready')) resolve()
      }
      this.#child.stdout?.on('data', look)
      look()
    })
    await Promise.race([ready, ended])
    ended.catch(() => {})
    return JSON.parse(readFileSync(join(state, 'outputs.json'), 'utf8'))
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /**
   * Sends a signal and waits for the end. Returns the exit code, or the signal that ended the
   * process.
   */
  async kill(signal: NodeJS.Signals): Promise<number | string> {
    this.signal(signal)
    return this.exited
  }
}
