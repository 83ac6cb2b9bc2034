import { existsSync } from 'node:fs'
import type { Command } from '../process/command.ts'
import { StateFolder } from '../state-folder.ts'
import { HELP, parseCommand, type TokenRequest } from './options.ts'
import { newToken } from './token.ts'
import type { UserPool } from './user-pools.ts'

/** The command line of `npm run token`. Prints the token alone. */
export const tokenCommand: Command<TokenRequest> = {
  help: HELP,
  parse: parseCommand,
  answer: async (request) => newToken(await poolOf(request), request),
}

async function poolOf({ data, pool: wanted }: TokenRequest): Promise<UserPool> {
  if (!existsSync(data))
    throw new Error(`${data} does not exist: run npm start, or pass its folder with --data`)
  const pools = await new StateFolder(data, true).userPools()
  const names = pools.map(({ logicalId }) => logicalId).join(', ')
  const [first, another] = pools
  if (!first) {
    throw new Error(
      `${data} has no keys of users: add a user pool to the API of the stack, run npm start, or pass the folder of its run with --data`,
    )
  }
  if (wanted === undefined) {
    if (another)
      throw new Error(`The stack has several user pools: choose one with --pool: ${names}`)
    return first
  }
  const found = pools.find((pool) => [pool.logicalId, pool.userPoolId].includes(wanted))
  if (!found) throw new Error(`--pool must be one of ${names}; got ${wanted}`)
  return found
}
