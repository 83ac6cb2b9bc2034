/**
 * Runs a command for as long as its own stdin stays open: `node supervise.mjs COMMAND ARG…`.
 *
 * The process that holds the other end of stdin may die in any way, kill -9 included: the kernel
 * then closes the pipe, and the command is ended here. So an emulator never outlives its owner.
 */
import { spawn } from 'node:child_process'

/** How long the command may take to end by itself, in milliseconds. */
const GRACE = 5000

const [command = '', ...args] = process.argv.slice(2)
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
