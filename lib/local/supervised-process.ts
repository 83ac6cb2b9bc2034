import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A child process that ends when it is stopped, and when this process dies, however it dies. */
export interface SupervisedProcess {
  /** Settles, with what the process last said, once it is gone. Never rejects. */
  readonly exited: Promise<string>
  stop(): Promise<void>
}

export interface SupervisedCommand {
  readonly command: string
  readonly args: readonly string[]
  /** Default: the folder of this process. */
  readonly cwd?: string
  /** Nice value, 0 to 19: 19 gives way to everything else. Default: that of this process. */
  readonly priority?: number
  /** Hears what the process prints, as it comes. */
  readonly onOutput?: (text: string) => void
}

/** Enough of the output to show why a start failed, in characters. */
const OUTPUT_KEPT = 4000

export function startSupervised(options: SupervisedCommand): SupervisedProcess {
  const { command, args, cwd, priority = 0, onOutput } = options
  const supervisor = fileURLToPath(new URL('./supervise.mjs', import.meta.url))
  const child = spawn(process.execPath, [supervisor, `${priority}`, command, ...args], {
    ...(cwd !== undefined && { cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
    env: inheritedEnvironment(),
    // Its own process group: Ctrl-C in a terminal reaches this process alone, which stops in order.
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

/** What a native program or a Java runtime needs to start; nothing else of the user's. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'JAVA_HOME', 'TMPDIR', 'SystemRoot', 'TEMP']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}
