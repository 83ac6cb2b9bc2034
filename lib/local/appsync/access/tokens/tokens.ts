import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import { problemText } from '../../../process/terminal.ts'
import type { ApiDefinition } from '../../api-definition.ts'
import type { LambdaAuthorizer, TokenProvider } from '../../auth-provider.ts'
import { unauthorized } from '../../http/request-error.ts'
import type { Caller } from '../caller.ts'
import type { SignedContent } from '../signature.ts'
import { IssuerKeys } from './issuer-keys.ts'
import { LambdaAuthorizations } from './lambda-authorizations.ts'
import { isIssuedBy, type VerificationRules, verifiedClaims } from './verification.ts'

export interface TokensOptions {
  /** Receives the failure of an issuer or a function. It never contains a token. */
  warn(message: string, details: object): void
  /** Returns milliseconds since the epoch. */
  now(): number
}

/**
 * The tokens of an API: those of user pools and OIDC issuers, and those of its Lambda authorizer.
 * Cached keys and results stay when another version of the API is served.
 */
export class Tokens {
  readonly #rules: VerificationRules
  readonly #authorizations: LambdaAuthorizations

  constructor({ warn, now }: TokensOptions) {
    const issuerKeys = new IssuerKeys({
      now,
      report: (issuer, problem) =>
        warn('The issuer does not answer with its keys', { issuer, error: problemText(problem) }),
    })
    this.#rules = { issuerKeys, now }
    this.#authorizations = new LambdaAuthorizations((problem) => warn(problem, {}))
  }

  /**
   * Returns the caller with a token. The claim `iss` chooses the user pool or the issuer. All other
   * tokens are for the Lambda authorizer. The token of a known issuer is never one for the function:
   * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
   * @throws RequestError 401
   */
  async callerOf(api: ApiDefinition, header: string, content: SignedContent): Promise<Caller> {
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
      const checked = await verifiedClaims(token, provider, this.#rules)
      if ('claims' in checked) return callerOf(provider, checked.claims)
      problem = checked.problem
    }
    if (!authorizer || possible.length > 0) throw problem
    const authorization = await this.#authorizations.of(api, authorizer, header, content)
    return { ...authorization, mode: 'AWS_LAMBDA' }
  }
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
