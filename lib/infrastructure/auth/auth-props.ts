import type { IUserPool } from 'aws-cdk-lib/aws-cognito'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'

/** An OpenID Connect issuer whose tokens the API accepts. */
export interface OidcIssuer {
  /** The https URL, exactly as in the claim `iss` of its tokens. */
  readonly issuer: string
  /**
   * The client ids (claim `aud` or `azp`) of the apps whose tokens the API accepts. Default: the
   * tokens of all apps of the issuer, so pass the ids if other apps use the issuer.
   */
  readonly clientIds?: readonly string[]
}

/**
 * A source of users: `true` for a user pool that the stack makes, a user pool of yours with all its
 * clients, or an issuer.
 */
export type UserSource = true | IUserPool | OidcIssuer

/**
 * Who may call the API. AWS credentials (IAM) may always call it, because the feed and the operators
 * sign their requests. Options of the deployment replace these settings: docs/deploy.md.
 */
export interface AuthProps {
  /**
   * The users who may call the API. With `true`, the stack makes a Cognito user pool and a client
   * for apps: `api.userPool` and `api.userPoolClient`. Default: no users.
   *
   * Synth fails if two entries have the same issuer. Replaced by `-c users=`.
   */
  readonly users?: UserSource | readonly UserSource[]
  /**
   * The Lambda authorizer, for callers with tokens of another kind. The stack lets AppSync invoke it.
   * AppSync caches each answer for five minutes; `ttlOverride` in an answer sets another time.
   * Default: none. Replaced by `-c authorizer=`.
   */
  readonly authorizer?: IFunction
  /**
   * Whether the API has an API key. Apps contain it in plain text. Its holders may do everything in a
   * development stage. In `prod`, the rules of the domains limit them to what everyone may do.
   * Default: true, except in `prod`. Replaced by `-c apiKey=`.
   */
  readonly apiKey?: boolean
}
