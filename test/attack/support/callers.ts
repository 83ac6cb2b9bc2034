import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signedRequest } from '../../../lib/appsync/index.ts'
import { StateFolder } from '../../../lib/local/state-folder.ts'
import { newToken } from '../../../lib/local/users/token.ts'
import type { UserPool } from '../../../lib/local/users/user-pools.ts'
import type { LocalRun } from '../../support/local-run.ts'

/** The headers of a caller's request. */
export type Headers = Readonly<Record<string, string>>

/** A caller of the API under attack. */
export interface Caller {
  readonly name: string
  /** The claim `sub`. Undefined: the caller is no user. */
  readonly sub?: string
  /** Returns the headers that authorize a request. The path is `/graphql`, or that of a handshake. */
  headers(body: string, path?: string): Promise<Headers>
}

/** Returns a caller that sends the same headers with each request. */
export function callerWith(name: string, headers: Headers, sub?: string): Caller {
  return { name, ...(sub !== undefined && { sub }), headers: async () => headers }
}

/** Returns a user of the run's user pool. */
export async function poolUser(
  run: LocalRun,
  name: string,
  { sub = name, groups = [] }: { sub?: string; groups?: readonly string[] } = {},
): Promise<Caller> {
  const options = { user: sub, groups, use: 'access', seconds: 3600, claims: {} } as const
  return callerWith(name, { authorization: await newToken(await poolOf(run), options) }, sub)
}

/** Returns the user pool of a run, with the key that signs its tokens. */
export async function poolOf({ folder }: LocalRun): Promise<UserPool> {
  const [pool] = await new StateFolder(folder, true).userPools()
  if (!pool) throw new Error(`${folder} has no user pool`)
  return pool
}

export function keyHolder({ outputs }: LocalRun): Caller {
  return callerWith('key', { 'x-api-key': outputs.apiKey })
}

/** Returns the operator, who signs with AWS credentials. */
export function signer({ folder, outputs }: LocalRun): Caller {
  return {
    name: 'iam',
    async headers(body, path = '/graphql') {
      const { region, ...credentials } = JSON.parse(
        readFileSync(join(folder, 'operator.json'), 'utf8'),
      )
      const url = new URL(path, outputs.graphqlUrl).href
      const signed = await signedRequest({ url, region, credentials }, body)
      return Object.fromEntries(signed.headers)
    },
  }
}
