import { apiOf } from './api.ts'
import { HELP, parseCommand } from './options.ts'
import { perform } from './requests.ts'

const command = parseCommand(process.argv.slice(2))
if (command.kind === 'help') process.stdout.write(HELP)
else if (command.kind === 'wrong') {
  process.stderr.write(`${command.problem}\n\n${HELP}`)
  process.exitCode = 2
} else {
  try {
    const api = await apiOf(command.target)
    await perform(command.request, api, (line) => process.stdout.write(`${line}\n`))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
