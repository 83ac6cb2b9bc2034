import { type ParseArgsConfig, parseArgs } from 'node:util'

const HELP = { help: { type: 'boolean', short: 'h' } } as const

/**
 * Parses the command line of a benchmark. `--help` prints the help and ends the process; a wrong
 * option ends it with a line about the problem.
 */
export function commandLine<const O extends NonNullable<ParseArgsConfig['options']>>(
  help: string,
  options: O,
  { allowPositionals = false } = {},
) {
  try {
    const parsed = parseArgs({ allowPositionals: true, options: { ...options, ...HELP } })
    if ('help' in parsed.values) {
      process.stdout.write(help)
      process.exit(0)
    }
    const [argument] = parsed.positionals
    if (argument === undefined || allowPositionals) return parsed
    throw new Error(`Unexpected argument '${argument}'`)
  } catch (error) {
    // Node.js adds a hint about arguments that begin with a hyphen.
    const [problem] = `${error instanceof Error ? error.message : error}`.split('. ')
    return fail(`${problem}: --help lists the options`)
  }
}

/** Ends the process because the command line is wrong. */
export function fail(problem: string): never {
  process.stderr.write(`${problem}\n`)
  process.exit(2)
}
