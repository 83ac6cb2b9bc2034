import { Duration } from 'aws-cdk-lib'
import {
  type ApiKeyConfig,
  type AuthorizationConfig,
  type AuthorizationMode,
  AuthorizationType,
} from 'aws-cdk-lib/aws-appsync'
import type { AuthSettings, UserProvider } from './auth-settings.ts'
import type { OwnUsers } from './own-users.ts'

/**
 * The time for which AppSync caches the authorizer's answer to a token. A revoked token is accepted
 * for this long. AppSync's longest time is an hour.
 */
const CACHED = Duration.minutes(5)

/**
 * Returns the modes of the API for the CDK. The default mode is API_KEY if the API has a key, or else
 * AWS_IAM: types and fields without directives are never open to users.
 * @param key the settings of the key that `settings` wants
 * @param own the user pool that `settings` wants
 */
export function authorizationOf(
  { users, authorizer }: AuthSettings,
  { key, own }: { readonly key: ApiKeyConfig | undefined; readonly own: OwnUsers | undefined },
): AuthorizationConfig {
  const iam: AuthorizationMode = { authorizationType: AuthorizationType.IAM }
  const [first, ...others]: AuthorizationMode[] = [
    ...(key ? [{ authorizationType: AuthorizationType.API_KEY, apiKeyConfig: key }] : []),
    iam,
    ...users.map((user) => modeOf(user, own)),
    ...(authorizer
      ? [
          {
            authorizationType: AuthorizationType.LAMBDA,
            lambdaAuthorizerConfig: { handler: authorizer, resultsCacheTtl: CACHED },
          },
        ]
      : []),
  ]
  return { defaultAuthorization: first ?? iam, additionalAuthorizationModes: others }
}

function modeOf(user: UserProvider, own: OwnUsers | undefined): AuthorizationMode {
  if (user.kind === 'issuer') {
    return {
      authorizationType: AuthorizationType.OIDC,
      openIdConnectConfig: {
        oidcProvider: user.issuer,
        ...(user.clientIds && { clientId: anyOf(user.clientIds) }),
      },
    }
  }
  const userPool = user.kind === 'pool' ? user.userPool : own?.userPool
  if (!userPool) throw new Error('The user pool of the stack is missing')
  const regex =
    user.kind === 'own pool' ? own?.client.userPoolClientId : anyOf(user.clientIds ?? [])
  return {
    authorizationType: AuthorizationType.USER_POOL,
    userPoolConfig: { userPool, ...(regex && { appIdClientRegex: regex }) },
  }
}

/** Returns the regular expression for any of these client ids. Empty: there are none. */
function anyOf(clientIds: readonly string[]): string {
  if (clientIds.length === 0) return ''
  return `^(?:${clientIds.map((id) => id.replaceAll(/[^\w-]/g, '\\$&')).join('|')})$`
}
