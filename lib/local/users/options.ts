import { parseArgs } from 'node:util'
import { parsedJson, type UnknownObject } from '../json.ts'
import type { ParsedCommand } from '../process/command.ts'
import type { TokenUse } from './token.ts'

export interface TokenRequest {
  readonly user: string
  readonly groups: readonly string[]
  readonly use: TokenUse
  /** The seconds until the token expires. */
  readonly seconds: number
  readonly claims: UnknownObject
  /** The logical id or the id of the user pool; undefined: the only one. */
  readonly pool: string | undefined
  /** The state folder. */
  readonly data: string
}

export const HELP = `Prints a token of a user for the local API: npm run token -- --user NAME [options]

  --user NAME         the user: the claims sub and username
  --groups A,B        the user's groups                        (default: none)
  --expires DURATION  such as 30s, 15m, 1h or 2d               (default: 1h)
  --use access|id     the kind of token                        (default: access)
  --claim NAME=VALUE  one more claim, or another value; VALUE may be JSON; may be repeated
  --pool ID           the user pool, if the stack has several: its logical id or its id
  --data DIR          the state folder of the local run        (default: .local)
  --help              prints this text

Send the token in the header Authorization, without a prefix.
`

const STATE = '.local'
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

export function parseCommand(args: string[]): ParsedCommand<TokenRequest> {
  try {
    const { values } = parseArgs({
      args,
      options: {
        user: { type: 'string' },
        groups: { type: 'string', default: '' },
        expires: { type: 'string', default: '1h' },
        use: { type: 'string', default: 'access' },
        claim: { type: 'string', multiple: true, default: [] },
        pool: { type: 'string' },
        data: { type: 'string', default: STATE },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const { user = '', use, expires, pool } = values
    if (user === '') return wrong('--user is missing: pass the name of a user, such as alice')
    if (use !== 'access' && use !== 'id') return wrong(`--use must be access or id; got ${use}`)
    const [, amount = '', unit = ''] = /^(\d+)([smhd])$/.exec(expires) ?? []
    const seconds = Number(amount) * (SECONDS[unit] ?? 0)
    if (seconds === 0 || !Number.isSafeInteger(seconds))
      return wrong(`--expires must be a duration such as 30s, 15m, 1h or 2d; got ${expires}`)
    const wrongClaim = values.claim.find((claim) => !/^[^=]+=/.test(claim))
    if (wrongClaim !== undefined)
      return wrong(`--claim must be NAME=VALUE, such as email=alice@example.com; got ${wrongClaim}`)
    return {
      kind: 'run',
      request: {
        user,
        groups: listOf(values.groups),
        use,
        seconds,
        claims: Object.fromEntries(values.claim.map(claimOf)),
        pool,
        // A run that keeps no data writes its keys to the default folder.
        data: values.data === 'memory' ? STATE : values.data,
      },
    }
  } catch (error) {
    return wrong(error instanceof Error ? error.message : `${error}`)
  }
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function claimOf(claim: string): [string, unknown] {
  const at = claim.indexOf('=')
  const value = claim.slice(at + 1)
  return [claim.slice(0, at), parsedJson(value) ?? value]
}

function wrong(problem: string): ParsedCommand<never> {
  return { kind: 'wrong', problem }
}
