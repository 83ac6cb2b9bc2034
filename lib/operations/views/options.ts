import { parseArgs } from 'node:util'
import type { Target } from '../options.ts'

/** The parsed command line. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'do'; readonly request: Request; readonly target: Target }

export type Request =
  | { readonly name: 'progress' }
  /** Without `view`: all views. */
  | { readonly name: 'verify'; readonly view?: string }
  | { readonly name: 'rebuild'; readonly view: string }

export const HELP = `Shows, verifies and rebuilds views: npm run views -- <command> [options]

  progress        the builds of all views, and their parked resources
  verify [VIEW]   compare a view, or all, with the events, and print the differences
  rebuild VIEW    build a view anew from all events, beside the one that answers queries

  --url URL     the GraphQL address of a deployed API, called with your AWS credentials
                (default: the local run)
  --region R    the region of the API               (default: the region in the address)
  --data DIR    the state folder of the local run   (default: .local)
  --help        shows this text

verify runs the code of the app in this folder: use the version that is deployed. It reads all
events of the view's resources. The exit code is 0 if there is no difference.
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
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const { url, region, data } = values
    const target = { data, ...(url && { url }), ...(region && { region }) }
    return { kind: 'do', request: requestOf(positionals), target }
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : `${error}` }
  }
}

function requestOf([name = '', view, ...more]: string[]): Request {
  const unexpected = name === 'progress' ? view : more[0]
  if (unexpected !== undefined) {
    throw new Error(`${name} has an unexpected argument: ${unexpected}`)
  }
  switch (name) {
    case 'progress':
      return { name }
    case 'verify':
      return { name, ...(view !== undefined && { view: needed(view) }) }
    case 'rebuild':
      return { name, view: needed(view) }
    default:
      throw new Error(name === '' ? 'A command is missing' : `Unknown command: ${name}`)
  }
}

/** An empty name, such as from a variable that is not set, is a mistake. */
function needed(view: string | undefined): string {
  if (view) return view
  throw new Error('VIEW is missing')
}
