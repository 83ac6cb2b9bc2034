import { timingSafeEqual } from 'node:crypto'
import type { Principal } from '../../access/iam.ts'
import type { ApiDefinition } from '../api-definition.ts'
import { unauthorized } from '../http/request-error.ts'
import { type SignatureRules, type SignedContent, verifySignature } from './signature.ts'

/** The caller of a request, as AppSync identifies it. */
export type Caller =
  | { readonly mode: 'API_KEY' }
  | { readonly mode: 'AWS_IAM'; readonly principal: Principal }

/** `ctx.identity` of a script: null with an API key. */
export interface IamIdentity {
  readonly accountId: string
  readonly cognitoIdentityPoolId: null
  readonly cognitoIdentityId: null
  readonly cognitoIdentityAuthType: null
  readonly cognitoIdentityAuthProvider: null
  readonly sourceIp: readonly string[]
  readonly username: string
  readonly userArn: string
}

/**
 * Returns the caller that sent the content. If both are present, a signature takes precedence over
 * an API key.
 * @throws RequestError 401 without valid credentials of a mode of the API, 403 with a bad signature
 */
export async function authenticate(
  api: ApiDefinition,
  content: SignedContent,
  rules: Omit<SignatureRules, 'region'>,
): Promise<Caller> {
  const { authorization, 'x-api-key': apiKey } = content.headers
  if (authorization?.startsWith('AWS4-HMAC-SHA256')) {
    if (!api.authModes.includes('AWS_IAM')) throw unauthorized()
    const principal = await verifySignature(content, {
      region: api.region,
      principal: rules.principal,
      now: rules.now,
    })
    return { mode: 'AWS_IAM', principal }
  }
  if (apiKey !== undefined) {
    if (!api.authModes.includes('API_KEY') || !isValidKey(api, apiKey, rules.now())) {
      throw unauthorized()
    }
    return { mode: 'API_KEY' }
  }
  throw authorization === undefined
    ? unauthorized('Valid authorization header not provided.')
    : unauthorized()
}

export function identityOf(caller: Caller, sourceIp: string): IamIdentity | null {
  if (caller.mode === 'API_KEY') return null
  const { arn } = caller.principal
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

function isValidKey(api: ApiDefinition, given: string, now: number): boolean {
  return api.apiKeys.some(({ key, expires }) => {
    const [one, other] = [Buffer.from(key), Buffer.from(given)]
    return one.length === other.length && timingSafeEqual(one, other) && now < expires * 1000
  })
}
