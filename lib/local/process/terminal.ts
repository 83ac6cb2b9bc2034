import { inspect } from 'node:util'
import type { LogEntry } from '../lambda/index.ts'
import type { Outputs } from '../state-folder.ts'
import type { Ignored } from '../template/index.ts'

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
  {
    graphqlUrl,
    realtimeUrl,
    consoleUrl,
    apiKey,
    issuer,
    clientId,
    dynamodbEndpoint,
    cloudwatchEndpoint,
    publishedEvents,
    tables,
  }: Outputs,
  seconds: number,
): string {
  return [
    '',
    `  GraphQL    ${graphqlUrl}`,
    `  Real time  ${realtimeUrl}`,
    `  Console    ${consoleUrl}`,
    `  API key    ${apiKey ?? 'none'}`,
    ...(issuer === undefined ? [] : [`  Issuer     ${issuer}`]),
    ...(clientId === undefined ? [] : [`  Client     ${clientId}`]),
    `  DynamoDB   ${dynamodbEndpoint}`,
    ...Object.entries(tables).map(([variable, name]) => `             ${variable}=${name}`),
    `  CloudWatch ${cloudwatchEndpoint}`,
    ...(publishedEvents === undefined ? [] : [`  Published  ${publishedEvents}`]),
    '',
    `ready in ${seconds.toFixed(1)} s; Ctrl-C stops`,
  ].join('\n')
}

/** Returns a warning that lists the ignored resources by type; undefined if there are none. */
export function ignoredWarning(ignored: readonly Ignored[]): string | undefined {
  if (ignored.length === 0) return undefined
  const types = new Map<string, string[]>()
  for (const { type, logicalId } of ignored)
    types.set(type, [...(types.get(type) ?? []), logicalId])
  const list = [...types].map(([type, ids]) => `${type} (${ids.join(', ')})`)
  return `warning: left out, because the local run does not support them and the API does not refer to them: ${list.sort().join(', ')}`
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
