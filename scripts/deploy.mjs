// `npm run deploy -- ARGUMENTS` runs `cdk deploy ARGUMENTS`, which also writes the stack's outputs to
// a file. Afterwards prints the command that checks the deployed stack.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'

const DEFAULT_FILE = 'cdk.out/outputs.json'

const given = process.argv.slice(2)
const chosen = optionValue(['--outputs-file', '-O'], given)
const file = chosen ?? DEFAULT_FILE
const args = ['deploy', ...given, ...(chosen === undefined ? ['--outputs-file', file] : [])]
mkdirSync(dirname(file), { recursive: true })
// The file of an earlier deployment must not pass for that of this one.
rmSync(file, { force: true })

const { status, error } = cdk(args)
if (error) console.error(`cdk did not start: ${error.message}. Run npm ci, then npm run deploy`)
if (status === 0 && existsSync(file)) console.log(`\nCheck the deployed stack:\n\n  ${check()}\n`)
process.exitCode = status ?? 1

function check() {
  const profile = optionValue(['--profile'], given)
  const options = profile === undefined ? [] : ['--profile', profile]
  return ['npm run accept -- --outputs', quoted(file), ...options.map(quoted)].join(' ')
}

/** Returns the value of an option: `--name value` or `--name=value`. */
function optionValue(names, args) {
  for (const [index, arg] of args.entries()) {
    if (names.includes(arg)) return args[index + 1]
    const name = names.find((each) => arg.startsWith(`${each}=`))
    if (name !== undefined) return arg.slice(name.length + 1)
  }
  return undefined
}

/** Runs the cdk on the path. On Windows, cdk is a command file, which only a shell can run. */
function cdk(args) {
  return process.platform === 'win32'
    ? spawnSync(['cdk', ...args.map(quoted)].join(' '), { stdio: 'inherit', shell: true })
    : spawnSync('cdk', args, { stdio: 'inherit' })
}

function quoted(arg) {
  return /^[\w./:=,@\\-]+$/.test(arg) ? arg : `"${arg}"`
}
