import { ApiError, isObject, isRefusal } from '../errors.ts'
import { attempt } from '../waiting/attempt.ts'
import { type AwsCredentials, sign } from './signature.ts'

/**
 * Credentials for the API: an API key, a token of a user, or AWS credentials that sign each request
 * (IAM).
 */
export type Auth =
  | { readonly apiKey: string }
  | { readonly token: Token }
  | { readonly iam: IamAuth }

/**
 * The token of a user pool, of an OpenID Connect issuer or for a Lambda authorizer. Or a function
 * that returns the current one. The transport calls the function for each query, each connection and
 * each subscription, so it should cache its result.
 */
export type Token = string | (() => string | Promise<string>)

export interface IamAuth {
  /**
   * The credentials, or a function that returns them, such as a credential provider of the AWS SDK.
   * The transport calls the function for each signature, so it should cache its result.
   */
  readonly credentials: AwsCredentials | (() => AwsCredentials | Promise<AwsCredentials>)
  /** The region of the API. Default: the region in the API's URL, unless that is a custom domain. */
  readonly region?: string
}

/**
 * The credentials, or a function that returns the current ones. The transport calls the function for
 * each query, each connection and each subscription.
 */
export type AuthOption = Auth | (() => Auth | Promise<Auth>)

/** The content to authorize. */
export interface AuthorizedContent {
  /** The path after the API's URL. Default: none. */
  readonly path?: string
  /** Headers to sign. Sent only if the request is signed. */
  readonly signedHeaders: Readonly<Record<string, string>>
  readonly body: string
}

/** The refusals in a row after which the user gets the error. */
const MOST_REFUSALS = 3
/** Milliseconds within which a function must return credentials. */
const LONGEST_ANSWER = 30_000
const REGION = /\.appsync-api\.([^.]+)\./

/** Authorizes requests to an API with the current credentials. */
export class Authorizer {
  readonly #url: URL
  readonly #auth: AuthOption

  /** @throws ApiError `InvalidAuth` if the credentials cannot be used, or Error for an invalid URL */
  constructor(graphqlUrl: string, auth: AuthOption) {
    this.#url = new URL(graphqlUrl)
    this.#auth = auth
    if (typeof auth !== 'function') check(auth, this.#url)
  }

  /**
   * Returns the headers that authorize the content, with the host.
   * @throws ApiError `InvalidAuth` if the credentials cannot be used, and the errors of the function
   */
  async headers(content: AuthorizedContent): Promise<Record<string, string>> {
    const auth = await current('The function auth', this.#auth)
    check(auth, this.#url)
    const { host } = this.#url
    if ('apiKey' in auth) return { host, 'x-api-key': auth.apiKey }
    if ('token' in auth) {
      const token = await current('The function token', auth.token)
      checkToken(token)
      return { host, Authorization: token }
    }
    const { path = '', signedHeaders, body } = content
    const { credentials } = auth.iam
    const region = regionOf(auth.iam, this.#url)
    if (!isObject(crypto.subtle)) {
      throw invalid('Signing needs Web Crypto: browsers have it only on https and on localhost')
    }
    const keys = await current('The function iam.credentials', credentials)
    checkCredentials(keys)
    const url = new URL(`${this.#url.href}${path}`)
    return sign({ url, headers: signedHeaders, body }, region, keys)
  }

  /**
   * Whether a refused request should be tried again, because a function returns the credentials.
   * @param refusals the number of refusals in a row
   */
  mayRenew(error: unknown, refusals: number): boolean {
    const auth = this.#auth
    const isRenewed =
      typeof auth === 'function' ||
      ('token' in auth && typeof auth.token === 'function') ||
      ('iam' in auth && typeof auth.iam.credentials === 'function')
    return isRenewed && isRefusal(error) && refusals < MOST_REFUSALS
  }
}

/** Returns the value, or what the function returns now. */
async function current<T extends object | string>(
  name: string,
  value: T | (() => T | Promise<T>),
): Promise<T> {
  if (typeof value !== 'function') return value
  const never = new AbortController().signal
  return attempt(async () => value(), never, LONGEST_ANSWER, name)
}

function check(auth: unknown, url: URL): void {
  const given = isObject(auth) ? auth : {}
  const { iam } = given
  if ('apiKey' in given) checkText('apiKey', given.apiKey)
  else if ('token' in given) {
    if (typeof given.token !== 'function') checkToken(given.token)
  } else if (!isObject(iam)) {
    const got = isObject(auth) ? `an object with [${Object.keys(auth).join(', ')}]` : kindOf(auth)
    throw invalid(`auth must be { apiKey }, { token } or { iam: { credentials } }; got ${got}`)
  } else {
    regionOf(iam, url)
    if (typeof iam.credentials !== 'function') checkCredentials(iam.credentials)
  }
}

function regionOf({ region }: { readonly region?: unknown }, { host }: URL): string {
  const known = region ?? REGION.exec(host)?.[1]
  if (typeof known === 'string' && known !== '') return known
  throw invalid(`iam.region is missing: pass it, because ${host} does not contain a region`)
}

function checkCredentials(credentials: unknown): void {
  const { accessKeyId, secretAccessKey } = isObject(credentials) ? credentials : {}
  checkText('iam.credentials.accessKeyId', accessKeyId)
  checkText('iam.credentials.secretAccessKey', secretAccessKey)
}

/** A token for a Lambda authorizer may contain spaces. */
function checkToken(token: unknown): void {
  if (typeof token === 'string' && /^[!-~]+(?: +[!-~]+)*$/.test(token)) return
  throw invalid(
    `token must be a text of ASCII characters without line breaks and without spaces around it; got ${kindOf(token)}`,
  )
}

/** Checks a text for a header. */
function checkText(name: string, value: unknown): void {
  if (typeof value === 'string' && /^[!-~]+$/.test(value)) return
  throw invalid(`${name} must be a text of ASCII characters without spaces; got ${kindOf(value)}`)
}

/** Describes a value without its content, which may be a secret. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return `${value.length} characters`
  return value === undefined || value === null ? `${value}` : `a value of type ${typeof value}`
}

function invalid(message: string): ApiError {
  return new ApiError(message, { code: 'InvalidAuth' })
}
