import { apiOf } from '../api.ts'
import type { Output } from '../run.ts'
import { HELP, parseCommand } from './options.ts'
import { progress, rebuild } from './requests.ts'
import { verify } from './verify.ts'

/**
 * Runs a command line.
 * @returns the exit code: 0 for success, 1 if the command failed or a view differs, 2 if the command
 * line is invalid
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
  const { request, target } = command
  const print = (line: string) => out(`${line}\n`)
  try {
    const api = await apiOf(target)
    if (request.name === 'verify') return (await verify(request.view, api, target, print)) ? 0 : 1
    if (request.name === 'progress') await progress(api, print)
    else await rebuild(request.view, api, print)
    return 0
  } catch (problem) {
    error(`${problem instanceof Error ? problem.message : problem}\n`)
    return 1
  }
}
