import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { open, url } from 'node:inspector'
import { checkSetting } from './dynamodb/setting.ts'
import { checkBundler, isolate, regionOf } from './process/environment.ts'
import { HELP, parseCommand, type RunOptions } from './process/options.ts'
import { onNpmGone } from './process/parent.ts'
import { clock, logLine, problemText, readyBlock } from './process/terminal.ts'

/** Milliseconds. A second signal within this time is the same Ctrl-C, passed on by npm. */
const SAME_SIGNAL = 300

// Functions are threads of this process and share its time zone. Lambda uses UTC.
process.env.TZ = 'UTC'

// The terminal may close before the run has stopped. A failed write must not fail the run.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const command = parseCommand(process.argv.slice(2))
if (command.kind === 'help') process.stdout.write(HELP)
else if (command.kind === 'run') process.exitCode = await run(command.options)
else {
  process.stderr.write(`${command.problem}\n\n${HELP}`)
  process.exitCode = 2
}

/** Runs until a signal arrives or a failure occurs. Returns the exit code. */
async function run(options: RunOptions): Promise<number> {
  const asked = new AbortController()
  stopOnSignals(asked)
  const failed = new AbortController()
  try {
    const region = regionOf()
    checkBundler()
    await checkSetting()
    print(options.assembly === undefined ? 'synthesizing …' : `reading ${options.assembly} …`)
    isolate()
    if (options.inspect !== undefined) {
      open(options.inspect, '127.0.0.1')
      print(`attach a debugger for all functions to ${url()}`)
    }
    // Loaded here, after the variables above have been set.
    const { startLocal } = await import('./run.ts')
    const { outputs, stop, abandon } = await startLocal({
      ...options,
      region,
      inspect: options.inspect !== undefined,
      log: (entry) => print(logLine(entry)),
      print: (line) => print(`${clock()} ${line}`),
      report: printProblem,
      types: (text) => print(`${clock()} ${text}`),
      onFailure: (problem) => failed.abort(problem),
      signal: asked.signal,
    })
    print(readyBlock(outputs, performance.now() / 1000))
    const ends = [asked, failed].map(({ signal }) => signal.aborted || once(signal, 'abort'))
    await Promise.race(ends)
    if (failed.signal.aborted) printProblem(failed.signal.reason)
    if (options.inspect !== undefined) {
      abandon()
      killThisProcess()
    }
    await stop()
  } catch (problem) {
    if (problem === asked.signal.reason) return 0
    printProblem(problem)
    return 1
  }
  return failed.signal.aborted ? 1 : 0
}

/**
 * Ends a run under a debugger. Node.js itself would wait for the debugger to leave, and for threads
 * that it has paused. A killed run loses no data, and its children end with it.
 */
function killThisProcess(): void {
  // Runs in another process: a process that kills itself also waits for its debugger.
  execFileSync(process.execPath, ['-e', `process.kill(${process.pid}, 'SIGKILL')`])
}

function stopOnSignals(asked: AbortController): void {
  let first = 0
  const stop = () => {
    if (first === 0) {
      first = Date.now()
      print('stopping …')
      asked.abort()
    } else if (Date.now() - first > SAME_SIGNAL) {
      print('stopping at once')
      process.exit(0)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  onNpmGone(() => {
    if (first === 0) stop()
  })
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function printProblem(problem: unknown): void {
  process.stderr.write(`${problemText(problem)}\n`)
}
