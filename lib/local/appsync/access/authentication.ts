import { timingSafeEqual } from 'node:crypto'
import type { ApiDefinition } from '../api-definition.ts'
import { unauthorized } from '../http/request-error.ts'
import type { Caller } from './caller.ts'
import { type SignatureRules, type SignedContent, verifySignature } from './signature.ts'
import type { Tokens } from './tokens/tokens.ts'

export interface AuthenticationRules extends Omit<SignatureRules, 'region'> {
  /** Loads the code for tokens, once. It takes a tenth of a second, and most APIs need none. */
  tokens(): Promise<Pick<Tokens, 'callerOf'>>
}

const TOKEN_MODES = ['AMAZON_COGNITO_USER_POOLS', 'OPENID_CONNECT', 'AWS_LAMBDA']

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
  if (authorization !== '' && TOKEN_MODES.some(has)) {
    const tokens = await rules.tokens()
    return tokens.callerOf(api, authorization, content)
  }
  if (apiKey !== undefined) {
    if (!has('API_KEY') || !isValidKey(api, apiKey, rules.now())) throw unauthorized()
    return { mode: 'API_KEY' }
  }
  throw authorization === ''
    ? unauthorized('Valid authorization header not provided.')
    : unauthorized()
}

function isValidKey(api: ApiDefinition, given: string, now: number): boolean {
  return api.apiKeys.some(({ key, expires }) => {
    const [one, other] = [Buffer.from(key), Buffer.from(given)]
    return one.length === other.length && timingSafeEqual(one, other) && now < expires * 1000
  })
}
