import { apiOf } from './api.ts'
import { HELP, parseCommand } from './options.ts'
import { perform } from './requests.ts'

/** Where a command prints: what it found, and what is wrong. */
export interface Output {
  out(text: string): void
  error(text: string): void
}

/**
 * Carries out a command line.
 * @returns the exit code: 0; 1 where it could not be done; 2 where it makes no sense
 */
export async function run(args: string[], { out, error }: Output): Promise<number> {
  const command = parseCommand(args)
  if (command.kind === 'help') {
    out(HELP)
    return 0
  }
  if (command.kind === 'wrong') {
    error(`${command.problem}\n\n${HELP}`)
    return 2
  }
  try {
    const api = await apiOf(command.target)
    await perform(command.request, api, (line) => out(`${line}\n`))
    return 0
  } catch (problem) {
    error(`${problem instanceof Error ? problem.message : problem}\n`)
    return 1
  }
}
