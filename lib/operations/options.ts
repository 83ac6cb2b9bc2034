import { parseArgs } from 'node:util'

/** The parsed command line. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'do'; readonly request: Request; readonly target: Target }

export type Request =
  | { readonly name: 'list' }
  | { readonly name: 'progress' | 'parked'; readonly reactor?: string }
  | { readonly name: 'pause' | 'resume'; readonly reactor: string }
  | { readonly name: 'retry'; readonly reactor: string; readonly id: string }
  | {
      readonly name: 'skip'
      readonly reactor: string
      readonly id: string
      readonly number: number
      readonly reason: string
    }
  | { readonly name: 'replay'; readonly reactor: string; readonly id?: string }

/** The API to call. */
export interface Target {
  /** Undefined: the URL of the local run. */
  readonly url?: string
  /** Undefined: the region in the URL. */
  readonly region?: string
  /** The state folder of the local run. */
  readonly data: string
}

export const HELP = `Shows and controls the reactors: npm run reactors -- <command> [options]

  list                               the names of all reactors
  progress [REACTOR]                 the number of resources: known, behind and parked
  parked [REACTOR]                   the parked events and their errors
  retry REACTOR ID                   retry a parked event within a minute
  skip REACTOR ID NUMBER --reason R  skip a parked event and store the reason
  pause REACTOR                      stop a reactor; its events wait
  resume REACTOR                     let a paused reactor continue
  replay REACTOR [ID]                handle all events again, of one resource or all

  --url URL     the GraphQL address of a deployed API, called with your AWS credentials
                (default: the local run)
  --region R    the region of the API               (default: the region in the address)
  --data DIR    the state folder of the local run   (default: .local)
  --help        shows this text
`

export function parseCommand(args: string[]): Command {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        region: { type: 'string' },
        data: { type: 'string', default: '.local' },
        reason: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const { url, region, data } = values
    const target = { data, ...(url && { url }), ...(region && { region }) }
    return { kind: 'do', request: requestOf(positionals, values.reason), target }
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : `${error}` }
  }
}

/** The maximum number of words of each command, including its name. */
const MOST_WORDS: Readonly<Record<Request['name'], number>> = {
  list: 1,
  progress: 2,
  parked: 2,
  pause: 2,
  resume: 2,
  retry: 3,
  skip: 4,
  replay: 3,
}

function requestOf(words: string[], reason?: string): Request {
  const request = requestIn(words, reason)
  const more = words[MOST_WORDS[request.name]]
  if (more !== undefined) throw new Error(`${request.name} has an unexpected argument: ${more}`)
  return request
}

function requestIn([name = '', reactor, id, number]: string[], reason?: string): Request {
  switch (name) {
    case 'list':
      return { name }
    case 'progress':
    case 'parked':
      return { name, ...(reactor !== undefined && { reactor }) }
    case 'pause':
    case 'resume':
      return { name, reactor: needed(reactor, 'REACTOR') }
    case 'retry':
      return { name, reactor: needed(reactor, 'REACTOR'), id: needed(id, 'ID') }
    case 'skip':
      return {
        name,
        reactor: needed(reactor, 'REACTOR'),
        id: needed(id, 'ID'),
        number: wholeNumber(needed(number, 'NUMBER')),
        reason: needed(reason, '--reason'),
      }
    case 'replay':
      // An empty id, such as from a variable that is not set, must not replay all resources.
      return {
        name,
        reactor: needed(reactor, 'REACTOR'),
        ...(id !== undefined && { id: needed(id, 'ID') }),
      }
    default:
      throw new Error(name === '' ? 'A command is missing' : `Unknown command: ${name}`)
  }
}

function needed(value: string | undefined, name: string): string {
  if (value) return value
  throw new Error(`${name} is missing`)
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new Error(`NUMBER must be the number of an event, from 1 on; got ${text}`)
}
