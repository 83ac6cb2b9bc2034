import { parseArgs } from 'node:util'
import type { ParsedCommand } from '../process/command.ts'

export interface TraceRequest {
  /** A trace id, or the id of a resource. */
  readonly id: string
  /** The state folder. */
  readonly data: string
}

export const HELP = `Prints the path of a request through the local run: npm run trace -- ID [options]

  ID          a trace id, such as 1-6745e7a0-4cc1b3b2a4a5c8a1b2c3d4e5, or the id of a resource
              (then: its latest traces, the newest in full)
  --data DIR  the state folder of the local run   (default: .local)
  --help      prints this text

Each answer of the API has the trace id in the header x-amzn-trace-id.
`

const STATE = '.local'

export function parseCommand(args: string[]): ParsedCommand<TraceRequest> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        data: { type: 'string', default: STATE },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const [id = '', another] = positionals
    if (id === '') return wrong('ID is missing: pass a trace id or the id of a resource')
    if (another !== undefined) return wrong(`Pass one ID; got another: ${another}`)
    // A run that keeps no data writes its traces to the default folder.
    const data = values.data === 'memory' ? STATE : values.data
    return { kind: 'run', request: { id: traceIdIn(id) ?? id, data } }
  } catch (error) {
    return wrong(error instanceof Error ? error.message : `${error}`)
  }
}

/** Returns the trace id of a text, also of a whole header: `Root=1-…;Sampled=1`. */
function traceIdIn(text: string): string | undefined {
  return /^(?:Root=)?(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/.exec(text)?.[1]
}

function wrong(problem: string): ParsedCommand<never> {
  return { kind: 'wrong', problem }
}
