import { Stack } from 'aws-cdk-lib'
import type { IUserPool } from 'aws-cdk-lib/aws-cognito'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { Mode } from '../../schema/index.ts'
import type { Stage } from '../stage.ts'
import { authorizerOf, clientIdsOf, keyNumberOf, usersOf } from './auth-context.ts'
import type { AuthProps, UserSource } from './auth-props.ts'
import { checkIssuer } from './issuer.ts'

/**
 * AppSync's limit of authorization modes with their providers:
 * https://docs.aws.amazon.com/general/latest/gr/appsync.html
 */
const MOST_PROVIDERS = 50

/** A source of users, with the clients whose tokens the API accepts. Undefined: all clients. */
export type UserProvider =
  | { readonly kind: 'own pool' }
  | {
      readonly kind: 'pool'
      readonly userPool: IUserPool
      readonly clientIds: readonly string[] | undefined
    }
  | {
      readonly kind: 'issuer'
      readonly issuer: string
      readonly clientIds: readonly string[] | undefined
    }

/** Who may call the API, after the options of the deployment. */
export interface AuthSettings {
  /** The number of the API key. Undefined: the API has no key. */
  readonly keyNumber: number | undefined
  readonly users: readonly UserProvider[]
  readonly authorizer: IFunction | undefined
}

/**
 * Returns who may call the API: the options of the deployment, or else the settings of the stack.
 * @param scope for references to given user pools and functions
 * @throws Error for a wrong option, and for combinations that AppSync rejects
 */
export function authSettings(
  scope: Construct,
  stage: Stage,
  { users, authorizer, apiKey = !stage.isProtected }: AuthProps = {},
): AuthSettings {
  const providers = (usersOf(scope) ?? sourcesOf(users)).map(providerOf)
  const settings: AuthSettings = {
    keyNumber: keyNumberOf(scope.node, apiKey),
    users: withClientIds(providers, clientIdsOf(scope.node)),
    authorizer: authorizerOf(scope) ?? authorizer,
  }
  checkRepeated(scope, settings.users)
  const count = providersOf(settings)
  if (count > MOST_PROVIDERS) {
    throw new Error(
      `The API must have at most ${MOST_PROVIDERS} providers of callers, which is AppSync's limit; got ${count}: remove some of auth.users`,
    )
  }
  return settings
}

/** Returns the API's modes without repetitions, the default mode first. IAM is always one. */
export function modesOf({ keyNumber, users, authorizer }: AuthSettings): readonly Mode[] {
  const hasPool = users.some(({ kind }) => kind !== 'issuer')
  const hasIssuer = users.some(({ kind }) => kind === 'issuer')
  return [
    ...(keyNumber === undefined ? [] : (['API_KEY'] as const)),
    'AWS_IAM',
    ...(hasPool ? (['AMAZON_COGNITO_USER_POOLS'] as const) : []),
    ...(hasIssuer ? (['OPENID_CONNECT'] as const) : []),
    ...(authorizer ? (['AWS_LAMBDA'] as const) : []),
  ]
}

function providersOf({ keyNumber, users, authorizer }: AuthSettings): number {
  const iam = 1
  return iam + users.length + (keyNumber === undefined ? 0 : 1) + (authorizer ? 1 : 0)
}

function sourcesOf(users: AuthProps['users'] = []): readonly UserSource[] {
  return isList(users) ? users : [users]
}

/** `Array.isArray` does not recognize read-only arrays. */
function isList(users: UserSource | readonly UserSource[]): users is readonly UserSource[] {
  return Array.isArray(users)
}

function providerOf(source: UserSource): UserProvider {
  if (source === true) return { kind: 'own pool' }
  if ('userPoolId' in source) return { kind: 'pool', userPool: source, clientIds: undefined }
  const { issuer, clientIds } = source
  checkIssuer(issuer)
  if (clientIds?.length === 0 || clientIds?.includes('')) {
    throw new Error(
      `clientIds of the issuer ${issuer} must contain client ids; got ${JSON.stringify(clientIds)}: leave out clientIds to accept the tokens of all its apps`,
    )
  }
  return { kind: 'issuer', issuer, clientIds }
}

/** @throws Error if the client ids of the deployment have no single given pool or issuer */
function withClientIds(
  providers: readonly UserProvider[],
  clientIds: readonly string[] | undefined,
): readonly UserProvider[] {
  if (clientIds === undefined) return providers
  const [only, another] = providers
  if (only && only.kind !== 'own pool' && !another) return [{ ...only, clientIds }]
  throw new Error(
    `-c clientIds=${clientIds.join(',')} needs one user pool or issuer that the stack does not make; got ${providers.length === 0 ? 'none' : providers.map(({ kind }) => kind).join(', ')}: use -c users=POOL_ID or -c users=https://ISSUER, too`,
  )
}

/**
 * @throws Error if two sources have the same issuer: AppSync could not tell their tokens apart
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
 */
function checkRepeated(scope: Construct, users: readonly UserProvider[]): void {
  const known = new Set<string>()
  for (const user of users) {
    const name = nameOf(scope, user)
    if (known.has(name)) {
      throw new Error(
        `auth.users has ${name} twice: remove one, because AppSync accepts each user pool and each issuer once`,
      )
    }
    known.add(name)
  }
}

/** Returns a name that two sources share only if their tokens have the same issuer. */
function nameOf(scope: Construct, user: UserProvider): string {
  if (user.kind === 'own pool') return 'true'
  if (user.kind === 'issuer') return user.issuer.replace(/\/$/, '')
  const id: unknown = Stack.of(scope).resolve(user.userPool.userPoolId)
  if (typeof id !== 'string') return `the user pool ${user.userPool.node.path}`
  return `https://cognito-idp.${id.split('_')[0]}.amazonaws.com/${id}`
}
