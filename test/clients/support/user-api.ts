import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mutation, Query } from '../../../lib/generated/schema.ts'
import { runCommand } from '../../../lib/local/process/command.ts'
import { tokenCommand } from '../../../lib/local/users/command.ts'
import { storedPools } from '../../../lib/local/users/user-pools.ts'
import { assembly, synthesizeInto } from '../../support/assembly.ts'
import { eventually } from '../../support/eventually.ts'
import { LocalRun, type Outputs } from '../../support/local-run.ts'
import { newFolder } from '../../support/run-folder.ts'
import { Issuer } from './issuer.ts'
import { signedToken } from './signed-token.ts'

/** The sources of users, with the names that Amplify gives them. */
export type UserMode = 'userPool' | 'oidc'

export interface UserAnswer {
  readonly data?: Partial<Query & Mutation> | null
  readonly errors?: readonly { readonly errorType: string; readonly message: string }[]
}

const APP = 'app-of-the-tests'

/** A local run of the examples whose users are those of a user pool or of an issuer. */
export class UserApi {
  readonly run: LocalRun
  /** Returns a token that expires after some seconds. */
  readonly newToken: (user: string, seconds?: number, groups?: readonly string[]) => string
  readonly #issuer: Issuer | undefined

  private constructor(run: LocalRun, newToken: UserApi['newToken'], issuer?: Issuer) {
    this.run = run
    this.newToken = newToken
    this.#issuer = issuer
  }

  static start(mode: UserMode): Promise<UserApi> {
    return mode === 'oidc' ? UserApi.#withIssuer() : UserApi.#withPool()
  }

  static async #withPool(): Promise<UserApi> {
    const run = await LocalRun.start(newFolder('run'), {}, [], await assembly('examples'))
    const [pool] = storedPools(readFileSync(join(run.folder, 'users.json'), 'utf8'))
    if (!pool) throw new Error('The run has no user pool')
    const { key, issuer, clientIds } = pool
    return new UserApi(run, (user, seconds = 3600, groups = []) => {
      const claims = { iss: issuer, client_id: clientIds[0], token_use: 'access', username: user }
      const grouped = groups.length > 0 ? { 'cognito:groups': groups } : {}
      return signedToken(key, { ...claims, ...grouped, ...lifetime(user, seconds) })
    })
  }

  static async #withIssuer(): Promise<UserApi> {
    const issuer = await Issuer.start()
    const folder = newFolder('oidc')
    await synthesizeInto(folder, 'examples', { users: issuer.url, clientIds: APP })
    const trusting = { NODE_EXTRA_CA_CERTS: issuer.certificate }
    const run = await LocalRun.start(newFolder('run'), trusting, [], folder)
    const newToken: UserApi['newToken'] = (user, seconds = 3600, groups = []) =>
      issuer.sign({ aud: APP, groups, ...lifetime(user, seconds) })
    return new UserApi(run, newToken, issuer)
  }

  /** Sends a request with a token. */
  async ask(token: string, query: string, variables: object = {}): Promise<UserAnswer> {
    const response = await fetch(this.run.outputs.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: token },
      body: JSON.stringify({ query, variables }),
    })
    const answer: UserAnswer = JSON.parse(await response.text())
    return answer
  }

  get outputs(): Outputs & { readonly issuer: string; readonly clientId: string } {
    return { issuer: '', clientId: '', ...this.run.outputs }
  }

  /** Returns a token of `npm run token`. */
  async printedToken(user: string): Promise<string> {
    const printed: string[] = []
    const output = { out: (text: string) => printed.push(text), error: fail }
    await runCommand(tokenCommand, ['--user', user, '--data', this.run.folder], output)
    return printed.join('').trim()
  }

  /** Places an order of a user, with a valid token. Returns its id. */
  async placeOrder(user: string): Promise<string> {
    const { data, errors } = await this.ask(this.newToken(user), PLACE_ORDER)
    if (!data?.placeOrder) throw new Error(JSON.stringify(errors))
    return data.placeOrder.id
  }

  /** Waits until the API rejects a token because of its age. */
  async expiry(token: string): Promise<void> {
    await eventually(async () => {
      const { errors } = await this.ask(token, '{ orders { items { id } } }')
      return errors?.some(({ message }) => message === 'Token has expired.') || undefined
    }, 20_000)
  }

  async remove(): Promise<void> {
    await this.run.remove()
    await this.#issuer?.close()
  }
}

/** There is no such product, so each order gets the events OrderPlaced and OrderRejected. */
export const PLACE_ORDER = `mutation {
  placeOrder(input: { productId: "00000000-0000-4000-8000-000000000000", quantity: 1 }) { id }
}`

function fail(problem: string): never {
  throw new Error(problem)
}

function lifetime(user: string, seconds: number): object {
  const now = Math.floor(Date.now() / 1000)
  return { sub: user, iat: now, auth_time: now, exp: now + seconds }
}
