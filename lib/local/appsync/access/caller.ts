import { timingSafeEqual } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import type { Principal } from '../../access/iam.ts'
import type { ApiDefinition } from '../api-definition.ts'
import type { LambdaAuthorizer, TokenProvider } from '../auth-provider.ts'
import { unauthorized } from '../http/request-error.ts'
import { type SignatureRules, type SignedContent, verifySignature } from './signature.ts'
import type { IssuerKeys } from './tokens/issuer-keys.ts'
import type { Authorization, LambdaAuthorizations } from './tokens/lambda-authorizations.ts'
import { isIssuedBy, verifiedClaims } from './tokens/verification.ts'

/** The caller of a request, as AppSync identifies it. */
export type Caller =
  | { readonly mode: 'API_KEY' }
  | { readonly mode: 'AWS_IAM'; readonly principal: Principal }
  | {
      readonly mode: 'AMAZON_COGNITO_USER_POOLS'
      readonly claims: JWTPayload
      readonly defaultAction: 'ALLOW' | 'DENY'
    }
  | { readonly mode: 'OPENID_CONNECT'; readonly claims: JWTPayload }
  | ({ readonly mode: 'AWS_LAMBDA' } & Authorization)

export interface AuthenticationRules extends Omit<SignatureRules, 'region'> {
  readonly issuerKeys: IssuerKeys
  readonly authorizations: LambdaAuthorizations
}

/**
 * Returns the caller that sent the content. A signature takes precedence over a token, and a token
 * over an API key. On an API without a mode for tokens, an `Authorization` header that is no
 * signature does not count.
 * @throws RequestError 401 without valid credentials of a mode of the API, 403 with a bad signature
 */
export async function authenticate(
  api: ApiDefinition,
  content: SignedContent,
  rules: AuthenticationRules,
): Promise<Caller> {
  const { authorization = '', 'x-api-key': apiKey } = content.headers
  const has = (mode: string) => api.authProviders.some((provider) => provider.mode === mode)
  const isSigned = authorization.startsWith('AWS4-HMAC-SHA256')
  // With both modes, a signature cannot be a token of the Lambda authorizer:
  // https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
  if (isSigned && (has('AWS_IAM') || !has('AWS_LAMBDA'))) {
    if (!has('AWS_IAM')) throw unauthorized()
    const { principal, now } = rules
    const signer = await verifySignature(content, { region: api.region, principal, now })
    return { mode: 'AWS_IAM', principal: signer }
  }
  const { issuers, authorizer } = tokenModes(api)
  if (authorization !== '' && (issuers.length > 0 || authorizer)) {
    return ofToken(api, content, authorization, rules)
  }
  if (apiKey !== undefined) {
    if (!has('API_KEY') || !isValidKey(api, apiKey, rules.now())) throw unauthorized()
    return { mode: 'API_KEY' }
  }
  throw authorization === ''
    ? unauthorized('Valid authorization header not provided.')
    : unauthorized()
}

function tokenModes({ authProviders }: ApiDefinition): {
  readonly issuers: readonly TokenProvider[]
  readonly authorizer: LambdaAuthorizer | undefined
} {
  return {
    issuers: authProviders.filter(
      (provider) =>
        provider.mode === 'AMAZON_COGNITO_USER_POOLS' || provider.mode === 'OPENID_CONNECT',
    ),
    authorizer: authProviders.find((provider) => provider.mode === 'AWS_LAMBDA'),
  }
}

/**
 * Returns the caller with a token. The claim `iss` chooses the user pool or the issuer. All other
 * tokens are for the Lambda authorizer. The token of a known issuer is never one for the function:
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
 * @throws RequestError 401
 */
async function ofToken(
  api: ApiDefinition,
  content: SignedContent,
  header: string,
  rules: AuthenticationRules,
): Promise<Caller> {
  const { issuers, authorizer } = tokenModes(api)
  const hasOidc = issuers.some(({ mode }) => mode === 'OPENID_CONNECT')
  // AppSync accepts the scheme Bearer with OIDC, and with user pools it does not:
  // https://github.com/aws/aws-appsync-community/issues/198
  const token = hasOidc ? header.replace(/^Bearer +/i, '') : header
  const claims = unverifiedClaims(token)
  const possible = issuers.filter((provider) => claims && isIssuedBy(provider, claims))
  let problem = claims
    ? unauthorized(hasOidc ? 'Unauthorized' : undefined)
    : unauthorized('Unable to parse JWT token.')
  // An issuer can be configured twice, for different clients.
  for (const provider of possible) {
    const checked = await verifiedClaims(token, provider, rules)
    if ('claims' in checked) return callerOf(provider, checked.claims)
    problem = checked.problem
  }
  if (!authorizer || possible.length > 0) throw problem
  const authorization = await rules.authorizations.of(api, authorizer, header, content)
  return { ...authorization, mode: 'AWS_LAMBDA' }
}

function callerOf(provider: TokenProvider, claims: JWTPayload): Caller {
  return provider.mode === 'OPENID_CONNECT'
    ? { mode: provider.mode, claims }
    : { mode: provider.mode, claims, defaultAction: provider.defaultAction }
}

function unverifiedClaims(token: string): JWTPayload | undefined {
  try {
    decodeProtectedHeader(token)
    return decodeJwt(token)
  } catch {
    return undefined
  }
}

function isValidKey(api: ApiDefinition, given: string, now: number): boolean {
  return api.apiKeys.some(({ key, expires }) => {
    const [one, other] = [Buffer.from(key), Buffer.from(given)]
    return one.length === other.length && timingSafeEqual(one, other) && now < expires * 1000
  })
}
