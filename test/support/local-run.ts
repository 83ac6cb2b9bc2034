import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { signedRequest } from '../../lib/appsync/index.ts'
import type { Mutation, Query } from '../app/lib/generated/schema.ts'
import { assembly } from './assembly.ts'
import { eventually } from './eventually.ts'
import { newFolder } from './run-folder.ts'

const ROOT = join(__dirname, '../..')

export interface Outputs {
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  readonly consoleUrl: string
  readonly apiKey: string
}

export interface Answer {
  readonly data?: Partial<Query & Mutation> | null
  readonly errors?: readonly {
    readonly errorType: string
    readonly message: string
    readonly errorInfo: Readonly<Record<string, unknown>> | null
    readonly path: readonly (string | number)[] | null
  }[]
}

/** Runs `npm start` as its own process, on a free port, with its own folder. */
export class LocalRun {
  readonly outputs: Outputs
  readonly folder: string
  readonly #process: ChildProcess
  readonly #output: string[]

  private constructor(process: ChildProcess, folder: string, output: string[]) {
    this.#process = process
    this.folder = folder
    this.#output = output
    this.outputs = JSON.parse(readFileSync(join(folder, 'outputs.json'), 'utf8'))
  }

  /**
   * Starts a run and waits until it is ready.
   * @param folder the folder of an earlier run; default: a new one
   * @param args more arguments of the command line
   * @param from the cloud assembly to run; default: that of the tests' application
   */
  static async start(
    folder = newFolder('run'),
    env: Record<string, string> = {},
    args: readonly string[] = [],
    from?: string,
  ): Promise<LocalRun> {
    const main = ['--import', 'tsx', 'lib/local/main.ts', '--assembly', from ?? (await assembly())]
    const child = spawn(process.execPath, [...main, '--port', '0', '--data', folder, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output: string[] = []
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => output.push(text))
    }
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`It ended by itself: ${output.join('')}`)
      return (
        (existsSync(join(folder, 'outputs.json')) && /ready/i.test(output.join(''))) || undefined
      )
    }, 40_000)
    return new LocalRun(child, folder, output)
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  get output(): string {
    return this.#output.join('')
  }

  /** Ends the process. Returns its exit code. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill(signal)
      await once(this.#process, 'exit')
    }
    return this.#process.exitCode
  }

  /** Ends the process and removes its folder. */
  async remove(): Promise<void> {
    await this.end()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async graphql(query: string, variables: object = {}): Promise<Answer> {
    const { graphqlUrl, apiKey } = this.outputs
    const response = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
      body: JSON.stringify({ query, variables }),
    })
    const answer: Answer = JSON.parse(await response.text())
    return answer
  }

  /** Works like `graphql`, signed as the operator: for fields that an API key may not use. */
  async operate(query: string, variables: object = {}): Promise<Answer> {
    const operator = readFileSync(join(this.folder, 'operator.json'), 'utf8')
    const { region, ...credentials } = JSON.parse(operator)
    const signer = { url: this.outputs.graphqlUrl, region, credentials }
    const request = await signedRequest(signer, JSON.stringify({ query, variables }))
    const answer: Answer = JSON.parse(await (await fetch(request)).text())
    return answer
  }

  /** Returns the documents that the functions and the API sent to X-Ray. */
  traces(): Record<string, unknown>[] {
    return linesOf(join(this.folder, 'traces.jsonl'))
  }

  /** Returns the log entries of all functions. */
  logs(): Record<string, unknown>[] {
    const logs = join(this.folder, 'logs')
    return readdirSync(logs).flatMap((file) => linesOf(join(logs, file)))
  }
}

function linesOf(file: string): Record<string, unknown>[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line) => (line ? [JSON.parse(line)] : []))
}
