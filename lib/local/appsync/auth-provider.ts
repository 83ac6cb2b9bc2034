import type { JSONWebKeySet } from 'jose'
import type { LocalFunction } from '../lambda/local-function.ts'

/** A way to authorize requests: an authorization mode of the API, with its settings. */
export type AuthProvider =
  | { readonly mode: 'API_KEY' }
  | { readonly mode: 'AWS_IAM' }
  | UserPoolProvider
  | OidcProvider
  | LambdaAuthorizer

export type AuthMode = AuthProvider['mode']

/** The issuer of the tokens that a provider accepts. */
interface Issuer {
  /** The URL in the claim `iss` of its tokens. */
  readonly issuer: string
  /**
   * The public keys of an issuer of this run. Its tokens stay valid if the port of the run changes.
   * Undefined: the issuer is asked for its keys.
   */
  readonly localKeys?: JSONWebKeySet
  /** A regular expression that the id of the token's client must match. Default: any client. */
  readonly clientIds?: string
}

export interface UserPoolProvider extends Issuer {
  readonly mode: 'AMAZON_COGNITO_USER_POOLS'
  /** Whether users may read fields without a directive, if the pool is the default mode. */
  readonly defaultAction: 'ALLOW' | 'DENY'
}

export interface OidcProvider extends Issuer {
  readonly mode: 'OPENID_CONNECT'
  /** Milliseconds that a token is valid after `iat`. 0: until it expires. */
  readonly iatTtl: number
  /** Milliseconds that a token is valid after `auth_time`. 0: until it expires. */
  readonly authTtl: number
}

export type TokenProvider = UserPoolProvider | OidcProvider

export interface LambdaAuthorizer {
  readonly mode: 'AWS_LAMBDA'
  readonly function: LocalFunction
  /** Seconds that a result is cached. 0: not at all. */
  readonly resultTtl: number
  /** A regular expression that a token must match before the function is invoked. */
  readonly tokenPattern?: string
}
