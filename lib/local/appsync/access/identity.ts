import type { JWTPayload } from 'jose'
import type { AuthMode } from '../auth-provider.ts'
import type { Caller } from './caller.ts'

/** The answers of `util.authType()` in a script. */
const AUTH_TYPES: Readonly<Record<AuthMode, string>> = {
  API_KEY: 'API Key Authorization',
  AWS_IAM: 'IAM Authorization',
  AMAZON_COGNITO_USER_POOLS: 'User Pool Authorization',
  OPENID_CONNECT: 'Open ID Connect Authorization',
  AWS_LAMBDA: 'Lambda Authorization',
}

export function authTypeOf({ mode }: Caller): string {
  return AUTH_TYPES[mode]
}

/**
 * Returns `ctx.identity` of a script: null with an API key.
 * https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html#aws-appsync-resolver-context-reference-identity-js
 */
export function identityOf(caller: Caller, sourceIp: string): object | null {
  switch (caller.mode) {
    case 'API_KEY':
      return null
    case 'AWS_IAM':
      return iamIdentity(caller.principal.arn, sourceIp)
    case 'AMAZON_COGNITO_USER_POOLS':
      return {
        sub: caller.claims.sub ?? null,
        issuer: caller.claims.iss ?? null,
        username: usernameOf(caller.claims),
        claims: caller.claims,
        sourceIp: [sourceIp],
        defaultAuthStrategy: caller.defaultAction,
        groups: groupsOf(caller.claims) ?? null,
      }
    case 'OPENID_CONNECT':
      return {
        sub: caller.claims.sub ?? null,
        issuer: caller.claims.iss ?? null,
        claims: caller.claims,
      }
    case 'AWS_LAMBDA':
      return { resolverContext: caller.resolverContext }
  }
}

/**
 * Returns the groups of a user of a user pool; undefined without groups. A value of another kind,
 * which Cognito never writes, is no group.
 */
export function groupsOf({ 'cognito:groups': groups }: JWTPayload): readonly string[] | undefined {
  return Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : undefined
}

/** An access token has `username`, and an id token has `cognito:username`. */
function usernameOf(claims: JWTPayload): unknown {
  return claims['cognito:username'] ?? claims.username ?? null
}

function iamIdentity(arn: string, sourceIp: string): object {
  return {
    accountId: arn.split(':')[4] ?? '',
    cognitoIdentityPoolId: null,
    cognitoIdentityId: null,
    cognitoIdentityAuthType: null,
    cognitoIdentityAuthProvider: null,
    sourceIp: [sourceIp],
    username: arn.split('/').slice(1).join(':'),
    userArn: arn,
  }
}
