import type { Command } from '../process/command.ts'
import { causesOf, type Hop, hopsOf, tracesOf } from './hops.ts'
import { HELP, parseCommand, type TraceRequest } from './options.ts'
import { type Recording, readRecording } from './recording.ts'
import { waterfall } from './waterfall.ts'

/** The number of traces that are listed for a resource. */
const LISTED = 10

/** The command line of `npm run trace`. */
export const traceCommand: Command<TraceRequest> = {
  help: HELP,
  parse: parseCommand,
  answer: ({ id, data }) => report(id, data).join('\n'),
}

function report(id: string, folder: string): string[] {
  const recording = readRecording(folder)
  const hops = hopsOf(recording, id)
  if (hops.length > 0) return trace(recording, id, hops)
  const traces = tracesOf(recording, id)
    .slice(0, LISTED)
    .flatMap((traceId) => {
      const found = hopsOf(recording, traceId)
      return found.length > 0 ? [{ traceId, hops: found }] : []
    })
  const [newest] = traces
  if (newest === undefined) {
    throw new Error(
      `${folder} has no trace of ${id}: pass the trace id of an answer (header x-amzn-trace-id) or the id of a resource`,
    )
  }
  return [
    `Traces of ${id}, newest first:`,
    ...traces.map(({ traceId, hops }) => `  ${title(traceId, hops)}`),
    '',
    ...trace(recording, newest.traceId, newest.hops),
  ]
}

function trace(recording: Recording, traceId: string, hops: readonly Hop[]): string[] {
  const causes = causesOf(recording, traceId)
  return [
    `Trace ${title(traceId, hops)}`,
    ...causes.map((cause) => `  handles events of the trace ${cause}`),
    '',
    ...waterfall(hops),
  ]
}

/** Returns the trace id, the time, and the first hops in short. */
function title(traceId: string, hops: readonly Hop[]): string {
  const [first] = hops
  const began = new Date(first?.start ?? 0).toISOString()
  const steps = first?.hops.flatMap(({ label, hops }) => [label, ...hops.map((hop) => hop.label)])
  const field = steps?.find((label) => !/^(function|API) /.test(label))
  const isFailed = hops.some(({ error }) => error !== undefined)
  return [traceId, began, ...(field === undefined ? [] : [field]), ...(isFailed ? ['✗'] : [])].join(
    '  ',
  )
}
