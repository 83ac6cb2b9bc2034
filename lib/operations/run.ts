import { apiOf } from './api.ts'
import { HELP, parseCommand } from './options.ts'
import { perform } from './requests.ts'

/** The output of a command: results and errors. */
export interface Output {
  out(text: string): void
  error(text: string): void
}

/**
 * Runs a command line.
 * @returns the exit code: 0 for success, 1 if the command failed, 2 if the command line is invalid
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
