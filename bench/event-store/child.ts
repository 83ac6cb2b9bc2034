import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { timed } from './statistics.ts'

/** A child process that sends messages, each as JSON. */
export class Child {
  readonly #process: ChildProcess
  readonly #said: string[] = []
  #wake = () => {}

  /** @param execArgv options in addition to those that run TypeScript */
  constructor(file: string, task: object, execArgv: readonly string[] = []) {
    this.#process = fork(join(import.meta.dirname, file), [JSON.stringify(task)], {
      execArgv: [...execArgv, '--import', 'tsx'],
    })
    this.#process.on('message', (text) => {
      this.#said.push(String(text))
      this.#wake()
    })
    this.#process.on('exit', () => this.#wake())
  }

  async next(): Promise<string> {
    for (;;) {
      const said = this.#said.shift()
      if (said !== undefined) return said
      if (this.#process.exitCode !== null) throw new Error('A process of the benchmark ended early')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  go(): void {
    this.#process.send('go')
  }

  /** Ends the process, even if it is busy. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exit = once(this.#process, 'exit')
    this.#process.kill()
    await exit
  }
}

/** Lets children that are ready begin at once. Returns the time until all have ended, and their results. */
export async function together(
  children: readonly Child[],
): Promise<{ readonly time: number; readonly texts: readonly string[] }> {
  await Promise.all(children.map((child) => child.next()))
  let texts: readonly string[] = []
  const time = await timed(async () => {
    for (const child of children) child.go()
    texts = await Promise.all(children.map((child) => child.next()))
  })
  return { time, texts }
}
