import { parseArgs } from 'node:util'

/** The parsed command line. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'run'; readonly options: RunOptions }

export interface RunOptions {
  readonly port: number
  readonly state: string
  readonly keepData: boolean
  readonly assembly?: string
  readonly stack?: string
  readonly minute: number
  /** How many times sooner wake-ups come than reactors ask for. */
  readonly hurry: number
  readonly watch: boolean
  /** The port of the debugger; undefined: no debugger. */
  readonly inspect?: number
  readonly faults?: string
  /** The address that gets each published event. */
  readonly webhook?: string
}

export const HELP = `Runs the CDK app of this folder on this machine: npm start -- [options]

  --port N        the port of the API; 0: any free one          (default: 4000)
  --data DIR      the folder that keeps data, logs and traces   (default: .local)
  --data memory   keep no data; logs, traces and outputs.json still go to .local
  --no-watch      do not reload changed sources, and check types only once
  --inspect       let a debugger attach, at port 9229; --inspect=N: at port N
  --assembly DIR  run this cloud assembly instead of synthesizing the app
  --stack NAME    run this stack of the app                     (default: the one with an API)
  --minute MS     the length of a schedule's minute, in ms      (default: 60000)
  --hurry N       wake-ups of reactors come N times sooner; 1440: a day lasts a minute
  --webhook URL   also post each event that the app publishes to this address
  --faults FILE   the faults to inject, for tests: see docs/local-fidelity.md
  --help          print this text

Environment:
  DYNAMODB_ENDPOINT  the address of a running DynamoDB emulator
  LOCAL_DYNAMODB     the emulator to start: dynoxide or dynamodb-local
  AWS_REGION         the region that the run simulates           (default: us-east-1)
`

const STATE = '.local'
/** The length of a minute, in milliseconds. */
const MINUTE = 60_000
/** The shortest minute that `--hurry` leads to, in milliseconds. */
const SHORTEST_MINUTE = 1000
/** Node.js's own default. */
const INSPECT_PORT = 9229

export function parseCommand(args: string[]): Command {
  try {
    const { values } = parseArgs({
      args: args.map((arg) => (arg === '--inspect' ? `--inspect=${INSPECT_PORT}` : arg)),
      options: {
        port: { type: 'string', default: '4000' },
        data: { type: 'string', default: STATE },
        assembly: { type: 'string' },
        stack: { type: 'string' },
        faults: { type: 'string' },
        minute: { type: 'string' },
        hurry: { type: 'string', default: '1' },
        webhook: { type: 'string' },
        'no-watch': { type: 'boolean', default: false },
        inspect: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const port = Number(values.port)
    if (!/^\d+$/.test(values.port) || port > 65_535)
      return wrong(`--port must be an integer from 0 to 65535; got ${values.port}`)
    if (values.data === '') return wrong('--data must be a folder or memory; got an empty value')
    const hurry = Number(values.hurry)
    if (!/^\d+$/.test(values.hurry) || hurry < 1)
      return wrong(`--hurry must be a whole number from 1 on; got ${values.hurry}`)
    const minuteText = values.minute ?? `${minuteInHurry(hurry)}`
    const minute = Number(minuteText)
    if (!/^\d+$/.test(minuteText) || minute < 10)
      return wrong(`--minute must be at least 10 milliseconds; got ${minuteText}`)
    const inspect = values.inspect === undefined ? undefined : Number(values.inspect)
    if (inspect !== undefined && (!/^\d+$/.test(`${values.inspect}`) || inspect > 65_535))
      return wrong(`--inspect must be a port from 0 to 65535; got ${values.inspect}`)
    const keepData = values.data !== 'memory'
    const { assembly, stack, faults, webhook } = values
    if (stack === '') return wrong('--stack must be the name of a stack; got an empty value')
    if (webhook !== undefined && !/^https?:\/\/./.test(webhook))
      return wrong(`--webhook must be an http or https address; got ${webhook}`)
    return {
      kind: 'run',
      options: {
        port,
        state: keepData ? values.data : STATE,
        keepData,
        minute,
        hurry,
        watch: !values['no-watch'],
        ...(inspect !== undefined && { inspect }),
        ...(assembly !== undefined && { assembly }),
        ...(stack !== undefined && { stack }),
        ...(faults !== undefined && { faults }),
        ...(webhook !== undefined && { webhook }),
      },
    }
  } catch (error) {
    return wrong(error instanceof Error ? error.message : `${error}`)
  }
}

/** Shortens the schedules' minute too, so that wake-ups are not late, but to no less than a second. */
function minuteInHurry(hurry: number): number {
  return Math.max(Math.round(MINUTE / hurry), SHORTEST_MINUTE)
}

function wrong(problem: string): Command {
  return { kind: 'wrong', problem }
}
