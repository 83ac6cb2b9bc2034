import { inspect } from 'node:util'
import type { LogEntry } from '../lambda/index.ts'
import type { Outputs } from '../state-folder.ts'

/** Returns the time of day: `12:34:56.789`. */
export function clock(timestamp = new Date().toISOString()): string {
  return timestamp.slice(11, 23)
}

/** Formats a log entry: `12:34:56.789 INFO  Function  message`. */
export function logLine({ function: name, timestamp, level, message, stackTrace }: LogEntry) {
  const time = clock(timestamp)
  const text = typeof message === 'string' ? message : inlined(message)
  const trace = level === 'ERROR' && stackTrace ? `\n${stackTrace.join('\n')}` : ''
  return `${time} ${level.padEnd(5)} ${name}  ${text}${trace}`
}

function inlined(message: unknown): string {
  return inspect(message, { breakLength: Number.POSITIVE_INFINITY, compact: true, depth: 6 })
}

export function readyBlock(
  { graphqlUrl, realtimeUrl, consoleUrl, apiKey }: Outputs,
  seconds: number,
): string {
  return [
    '',
    `  GraphQL    ${graphqlUrl}`,
    `  Real time  ${realtimeUrl}`,
    `  Console    ${consoleUrl}`,
    `  API key    ${apiKey ?? 'none'}`,
    '',
    `ready in ${seconds.toFixed(1)} s; Ctrl-C stops`,
  ].join('\n')
}

/**
 * Returns a problem's message and its causes, without the stack, which contains no frames of the
 * application.
 */
export function problemText(problem: unknown): string {
  if (!(problem instanceof Error)) return `${problem}`
  const cause = problem.cause === undefined ? '' : `\n  because ${problemText(problem.cause)}`
  return `${problem.message}${cause}`
}
