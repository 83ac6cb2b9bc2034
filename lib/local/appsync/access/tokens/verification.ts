import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { TokenProvider } from '../../auth-provider.ts'
import { type RequestError, unauthorized } from '../../http/request-error.ts'
import type { IssuerKeys, KeysOfIssuer } from './issuer-keys.ts'

/** The algorithm of Cognito's tokens. */
const COGNITO_ALGORITHMS = ['RS256']
/**
 * The algorithms of OIDC tokens. Those with a shared secret are missing: the API has no secret of
 * the issuer, and must never take its public key for one.
 */
const OIDC_ALGORITHMS = ['RS', 'PS', 'ES'].flatMap((family) =>
  ['256', '384', '512'].map((bits) => `${family}${bits}`),
)
/** The hosts of this machine. An issuer of this run may be addressed by each. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']
const TRAILING_SLASH = /\/$/

/** A checked token: its claims, or the answer to the request. */
export type CheckedToken = { readonly claims: JWTPayload } | { readonly problem: RequestError }

export interface VerificationRules {
  readonly issuerKeys: Pick<IssuerKeys, 'of'>
  /** Returns milliseconds since the epoch. */
  now(): number
}

/**
 * Whether a token names the issuer of a provider. A token of a user pool of this run stays valid
 * when the run moves to another port.
 */
export function isIssuedBy({ issuer, localKeys }: TokenProvider, { iss }: JWTPayload): boolean {
  if (typeof iss !== 'string') return false
  if (iss.replace(TRAILING_SLASH, '') === issuer.replace(TRAILING_SLASH, '')) return true
  if (!localKeys || !URL.canParse(iss)) return false
  const { hostname, pathname } = new URL(iss)
  return LOOPBACK.includes(hostname) && pathname === new URL(issuer).pathname
}

/**
 * Checks the signature and the claims of a token that names the provider's issuer. A problem has
 * AppSync's text, and never the token.
 */
export async function verifiedClaims(
  token: string,
  provider: TokenProvider,
  { issuerKeys, now }: VerificationRules,
): Promise<CheckedToken> {
  const isOidc = provider.mode === 'OPENID_CONNECT'
  const refused = {
    // https://github.com/aws/aws-appsync-community/issues/115 shows AppSync's text for OIDC.
    problem: isOidc ? unauthorized('Unauthorized') : unauthorized(),
  }
  const expired = { problem: unauthorized('Token has expired.') }
  const keys = await issuerKeys.of(provider)
  if (!keys) return refused
  try {
    const claims = await signedClaims(
      token,
      keys,
      isOidc ? OIDC_ALGORITHMS : COGNITO_ALGORITHMS,
      now,
    )
    if (!isForClient(provider, claims)) return refused
    return isTooOld(provider, claims, now()) ? expired : { claims }
  } catch (error) {
    if (error instanceof errors.JWTExpired) return expired
    // All other errors of the library are about the token: its form, signature, key or claims.
    if (error instanceof errors.JOSEError) return refused
    throw error
  }
}

/**
 * Returns the claims of a token with a valid signature that has not expired.
 * @throws JOSEError
 */
async function signedClaims(
  token: string,
  { key, issuer, verified }: KeysOfIssuer,
  algorithms: string[],
  now: () => number,
): Promise<JWTPayload> {
  const known = verified.get(token)
  // Only the expiry of a verified token can change its validity.
  if (known?.exp !== undefined && known.exp * 1000 > now()) return known
  const { payload } = await jwtVerify(token, key, {
    algorithms,
    currentDate: new Date(now()),
    requiredClaims: ['exp'],
    ...(issuer !== undefined && { issuer }),
  })
  verified.set(token, payload)
  return payload
}

/** Whether the client of the token may use the API. Cognito also names the use of a token. */
function isForClient(provider: TokenProvider, claims: JWTPayload): boolean {
  const { mode, clientIds } = provider
  const { aud, azp, client_id: client, token_use: use } = claims
  if (mode === 'AMAZON_COGNITO_USER_POOLS') {
    if (use !== 'id' && use !== 'access') return false
    return matches(clientIds, use === 'id' ? aud : client)
  }
  return matches(clientIds, aud) || matches(clientIds, azp)
}

function matches(pattern: string | undefined, value: unknown): boolean {
  if (pattern === undefined) return true
  const whole = new RegExp(`^(?:${pattern})$`)
  return [value].flat().some((each) => typeof each === 'string' && whole.test(each))
}

/** Whether the limits of an OIDC provider have ended the token before its own expiry. */
function isTooOld(provider: TokenProvider, claims: JWTPayload, now: number): boolean {
  if (provider.mode !== 'OPENID_CONNECT') return false
  return [
    [provider.iatTtl, claims.iat],
    [provider.authTtl, claims.auth_time],
  ].some(([ttl = 0, since]) => {
    if (typeof ttl !== 'number' || ttl <= 0) return false
    return typeof since !== 'number' || since * 1000 + ttl <= now
  })
}
