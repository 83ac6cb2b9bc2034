import { run } from './run.ts'

const code = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
})
// A check that was given up may still have a connection: it must not keep the process alive.
process.stdout.write('', () => process.exit(code))
