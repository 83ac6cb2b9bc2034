import { existsSync } from 'node:fs'
import { StateFolder } from '../state-folder.ts'
import { HELP, parseCommand, type TokenRequest } from './options.ts'
import { newToken } from './token.ts'
import type { UserPool } from './user-pools.ts'

/** The output of the command: the token alone, and errors. */
export interface Output {
  out(text: string): void
  error(text: string): void
}

/**
 * Runs the command line of `npm run token`.
 * @returns the exit code: 0 for success, 1 without a user pool, 2 if the command line is invalid
 */
export async function run(args: string[], { out, error }: Output): Promise<number> {
  const command = parseCommand(args)
  if (command.kind === 'help') {
    out(HELP)
    return 0
  }
  if (command.kind === 'wrong') {
    error(`${command.problem}\n\n${HELP}`)
    return 2
  }
  try {
    out(`${await newToken(await poolOf(command.request), command.request)}\n`)
    return 0
  } catch (problem) {
    error(`${problem instanceof Error ? problem.message : problem}\n`)
    return 1
  }
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
