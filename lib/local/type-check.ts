import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { startSupervised } from './supervised-process.ts'

export interface TypeCheckOptions {
  /** The app's folder. */
  readonly root: string
  /** Whether the types are checked again whenever a file changes. */
  readonly watch: boolean
  /** Hears the errors of a check, and when they are gone. */
  readonly report: (text: string) => void
}

/** Gives way to everything else. */
const LOWEST_PRIORITY = 19
/** tsc begins a check with a line that ends like this, and ends one with the other. */
const BEGINS = /(?:Starting compilation in watch mode|Starting incremental compilation)\.\.\.\s*$/
const ENDS = /Found (\d+) errors?\. Watching for file changes\.\s*$/

/**
 * Checks an app's types in the background, with the TypeScript that it has installed, as its
 * tsconfig.json says. An app without either is not checked.
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

/** Reads what the compiler prints. */
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

  /** The check is over: reports its errors. */
  end(): void {
    const errors = this.#lines
    this.#lines = []
    if (errors.length > 0)
      this.#report(`Type errors, which synth and deploy refuse:\n${errors.join('\n')}`)
    else if (this.#failed) this.#report('The type errors are gone')
    this.#failed = errors.length > 0
  }
}
