import type { Readable } from 'node:stream'
import type { LogEntry } from '../../lib/local/lambda/index.ts'

type Line = Omit<LogEntry, 'function'>

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const

/**
 * Parses a line that the runtime writes in Lambda's JSON or text format. Another line comes from
 * Node.js itself.
 * @param level the level of another line
 */
export function logEntry(line: string, level: LogEntry['level']): Line {
  if (line.startsWith('{"timestamp":')) {
    const entry: Line = JSON.parse(line)
    return entry
  }
  const [timestamp = '', requestId = '', name, ...message] = line.split('\t')
  const known = LEVELS.find((each) => each === name)
  return known === undefined
    ? { timestamp: new Date().toISOString(), level, message: line }
    : { timestamp, level: known, requestId, message: message.join('\t').replaceAll('\r', '\n') }
}

/** Reads lines that end with a line feed. The text format has carriage returns within a line. */
export function onLine(stream: Readable, use: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) use(line)
  })
}
