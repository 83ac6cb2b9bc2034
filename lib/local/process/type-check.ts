import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { startSupervised } from './supervised-process.ts'

export interface TypeCheckOptions {
  /** The app's folder. */
  readonly root: string
  /** Whether the types are checked again after each change of a file. */
  readonly watch: boolean
  /** Receives the errors of a check, and a notice when they are fixed. */
  readonly report: (text: string) => void
}

/** The lowest priority: all other processes run first. */
const LOWEST_PRIORITY = 19
/** The ends of the lines that tsc prints before and after a check. */
const BEGINS = /(?:Starting compilation in watch mode|Starting incremental compilation)\.\.\.\s*$/
const ENDS = /Found (\d+) errors?\. Watching for file changes\.\s*$/

/**
 * Checks an app's types in the background, with its installed TypeScript and its tsconfig.json.
 * Skips an app without either.
 */
export function startTypeCheck({ root, watch, report }: TypeCheckOptions) {
  const compiler = compilerOf(root)
  if (compiler === undefined) return { stop: async () => {} }
  const check = new Check(report)
  const args = [compiler, '--noEmit', '--pretty', 'false', ...(watch ? WATCHING : [])]
  const { exited, stop } = startSupervised({
    command: process.execPath,
    args,
    cwd: root,
    priority: LOWEST_PRIORITY,
    onOutput: (text) => check.hear(text),
  })
  void exited.then(() => check.end())
  return { stop }
}

const WATCHING = ['--watch', '--preserveWatchOutput']

function compilerOf(root: string): string | undefined {
  if (!existsSync(join(root, 'tsconfig.json'))) return undefined
  try {
    const package_ = createRequire(join(root, 'package.json')).resolve('typescript/package.json')
    return join(package_, '../bin/tsc')
  } catch {
    return undefined
  }
}

/** Reads the compiler's output. */
export class Check {
  readonly #report: (text: string) => void
  #lines: string[] = []
  #rest = ''
  #failed = false

  constructor(report: (text: string) => void) {
    this.#report = report
  }

  hear(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (BEGINS.test(line)) this.#lines = []
      else if (ENDS.test(line)) this.end()
      else if (line.trim() !== '') this.#lines.push(line.trimEnd())
    }
  }

  /** Ends the check and reports its errors. */
  end(): void {
    const errors = this.#lines
    this.#lines = []
    if (errors.length > 0)
      this.#report(`Type errors, on which synth and deploy fail:\n${errors.join('\n')}`)
    else if (this.#failed) this.#report('The type errors are fixed')
    this.#failed = errors.length > 0
  }
}
