import { HELP, parseCommand } from './options.ts'

// The warning is about this machine's Node.js, not about the prompt.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const command = parseCommand(process.argv.slice(2))
if (command.kind === 'help') process.stdout.write(HELP)
else if (command.kind === 'wrong') {
  process.stderr.write(`${command.problem}\n\n${HELP}`)
  process.exitCode = 2
} else {
  try {
    // Loaded here, after the variable above has been set.
    const { openShell } = await import('./shell.ts')
    await openShell(command.data)
  } catch (problem) {
    process.stderr.write(`${problem instanceof Error ? problem.message : problem}\n`)
    process.exitCode = 1
  }
}
