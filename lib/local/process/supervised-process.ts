import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { programEnvironment } from './environment.ts'

/** A child process that ends when it is stopped, and when this process dies for any reason. */
export interface SupervisedProcess {
  /** Resolves with the last output of the process once it has ended. Never rejects. */
  readonly exited: Promise<string>
  stop(): Promise<void>
}

export interface SupervisedCommand {
  readonly command: string
  readonly args: readonly string[]
  /** Default: the folder of this process. */
  readonly cwd?: string
  /** The nice value, 0 to 19; 19 is the lowest priority. Default: the one of this process. */
  readonly priority?: number
  /** Receives the output of the process as it arrives. */
  readonly onOutput?: (text: string) => void
}

/** The characters of output to keep: enough to show why a start failed. */
const OUTPUT_KEPT = 4000

export function startSupervised(options: SupervisedCommand): SupervisedProcess {
  const { command, args, cwd, priority = 0, onOutput } = options
  const supervisor = fileURLToPath(new URL('./supervise.mjs', import.meta.url))
  const child = spawn(process.execPath, [supervisor, `${priority}`, command, ...args], {
    ...(cwd !== undefined && { cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
    env: programEnvironment(),
    // Its own process group: Ctrl-C in a terminal reaches only this process, which stops in order.
    detached: true,
    windowsHide: true,
  })
  let output = ''
  const keep = (chunk: Buffer) => {
    const text = chunk.toString()
    output = (output + text).slice(-OUTPUT_KEPT)
    onOutput?.(text)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  child.stdin.on('error', () => {})
  const exited = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', () => resolve(output.trim()))
  })
  return {
    exited,
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}
