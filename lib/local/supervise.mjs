/**
 * Runs a command for as long as its own stdin stays open, with a nice value of 0 to 19:
 * `node supervise.mjs NICE COMMAND ARG…`.
 *
 * The process that holds the other end of stdin may die in any way, kill -9 included: the kernel
 * then closes the pipe, and the command is ended here. So no command outlives its owner.
 *
 * Where an argument says `{scratch}`, the command finds a folder of its own, removed after it.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'

/** How long the command may take to end by itself, in milliseconds. */
const GRACE = 5000

const [priority = '0', command = '', ...given] = process.argv.slice(2)
// The command inherits it.
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
