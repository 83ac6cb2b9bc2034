import { parseArgs } from 'node:util'

/** The parsed command line. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'check'; readonly options: Options }

export interface Options {
  /** The file with the outputs of a local run or of a deployed stack. */
  readonly outputs: string
  /** The stack's name in the file. Default: the only stack with a GraphQL URL. */
  readonly stack?: string
  /** Default: the region in the GraphQL URL. */
  readonly region?: string
  /** The AWS profile whose credentials sign. Default: as the SDK finds credentials. */
  readonly profile?: string
  /** Default: the key in the file. */
  readonly apiKey?: string
  /** The name of the Product table of a deployed stack. */
  readonly table?: string
  /** The seconds for each check. Default: 60. */
  readonly within?: number
  /** Parts of the names of the promises to check. Default: all promises. */
  readonly only?: readonly string[]
}

export const HELP = `Checks the promises of a running API: npm run accept -- --outputs FILE [options]

  --outputs FILE     .local/outputs.json of npm start, or the file that npm run deploy names
  --stack NAME       the stack in FILE               (default: the only one with a GraphQL URL)
  --region R         the region of the API           (default: the region in its URL)
  --profile NAME     the AWS profile that signs      (default: $AWS_PROFILE)
  --api-key KEY      the API key                     (default: $GRAPHQL_API_KEY, or that in FILE)
  --table NAME       the Product table: overwrites an event there, to see the alarm
  --only TEXT        only the promises with TEXT in their names; may be repeated
  --within SECONDS   the time for each check         (default: 60)
  --help             print this text

The checks write products and orders of their own. Signed requests use the operator of the local
run, or your AWS credentials.

Exit status: 0 all promises are kept, 1 a promise is broken, 2 the checks could not begin
`

export function parseCommand(
  args: string[],
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  try {
    const { values } = parseArgs({
      args,
      options: {
        outputs: { type: 'string' },
        stack: { type: 'string' },
        region: { type: 'string' },
        profile: { type: 'string' },
        'api-key': { type: 'string' },
        table: { type: 'string' },
        within: { type: 'string' },
        only: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    for (const [name, value] of Object.entries(values)) {
      if ([value].flat().includes('')) return wrong(`--${name} must have a value; got an empty one`)
    }
    const { outputs, stack, region, profile, table, only } = values
    if (outputs === undefined) return wrong('--outputs is missing: pass the file with the URLs')
    const within = values.within === undefined ? undefined : Number(values.within)
    if (within !== undefined && !(within >= 1 && within <= LONGEST))
      return wrong(
        `--within must be a number of seconds from 1 to ${LONGEST}; got ${values.within}`,
      )
    const apiKey = values['api-key'] ?? (environment.GRAPHQL_API_KEY || undefined)
    return {
      kind: 'check',
      options: {
        outputs,
        ...(stack !== undefined && { stack }),
        ...(region !== undefined && { region }),
        ...(profile !== undefined && { profile }),
        ...(apiKey !== undefined && { apiKey }),
        ...(table !== undefined && { table }),
        ...(within !== undefined && { within }),
        ...(only !== undefined && { only }),
      },
    }
  } catch (error) {
    return wrong(error instanceof Error ? error.message : `${error}`)
  }
}

/** All checks end within three minutes: they run at once. */
const LONGEST = 170

function wrong(problem: string): Command {
  return { kind: 'wrong', problem }
}
