/**
 * Runs a command for as long as its own stdin stays open, with a nice value of 0 to 19: `node
 * supervise.mjs NICE COMMAND ARG…`.
 * The process at the other end of stdin may die in any way, including kill -9. The kernel then
 * closes the pipe, and this process ends the command. So no command outlives its owner.
 * An argument with `{scratch}` gets the path of a temporary folder, which is removed after the
 * command.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'

/** The time that the command may take to end by itself, in milliseconds. */
const GRACE = 5000

const [priority = '0', command = '', ...given] = process.argv.slice(2)
// The command inherits the priority.
if (priority !== '0') setPriority(Number(priority))
const scratch = given.some((arg) => arg.includes('{scratch}'))
  ? mkdtempSync(join(tmpdir(), 'emulator-'))
  : undefined
process.on('exit', () => {
  if (scratch) rmSync(scratch, { recursive: true, force: true })
})
const args = given.map((arg) => arg.replace('{scratch}', scratch ?? ''))
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true })

let stopping = false
function stop() {
  if (stopping) return
  stopping = true
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), GRACE).unref()
}

child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(127)
})
child.on('exit', (code) => process.exit(code ?? 1))
process.stdin.on('end', stop).on('error', stop).resume()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop)
