import { actorOfUser, isUserId, Misuse } from '../../event-sourcing/index.ts'

/** The caller of a field, as AppSync has authenticated it. */
export type Caller = User | SignedCaller | KeyHolder

/** A user of the user pool, of the OIDC issuer, or of the Lambda authorizer. */
export interface User {
  readonly kind: 'user'
  /**
   * The claim `sub`. In an API with several sources of users, the ids of all but the first begin with
   * their source: the id of the user pool, the issuer, or `authorizer`, and a space.
   */
  readonly id: string
  /**
   * The claim `cognito:groups` of a user pool, or `groups` of another issuer. Empty without groups.
   */
  readonly groups: readonly string[]
  /** The claims of the token, or the `resolverContext` of the Lambda authorizer. */
  readonly claims: Readonly<Record<string, unknown>>
}

/** A caller with AWS credentials (IAM), whose policies allow the field. */
export interface SignedCaller {
  readonly kind: 'iam'
  readonly arn: string
}

/** A caller with an API key. */
export interface KeyHolder {
  readonly kind: 'key'
}

/** AppSync's data about a caller: `util.authType()` and `ctx.identity`. */
export interface Authentication {
  readonly mode: string
  readonly identity: unknown
}

/**
 * The environment variable of functions whose API has several sources of users: the id of the user
 * pool, or the issuer, whose users have their `sub` as id.
 */
export const FIRST_USERS = 'FIRST_USERS'

/**
 * Returns the caller.
 * https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html
 * @param firstUsers the value of FIRST_USERS. Undefined: the API has one source of users
 * @throws TypeError for a mode without a known identity; never names a claim's value
 */
export function callerOf({ mode, identity }: Authentication, firstUsers?: string): Caller {
  const { sub, issuer, groups, claims, userArn, resolverContext } = fieldsOf(identity)
  const idOf = (source: unknown, of: unknown) => userId(of, source, firstUsers)
  switch (mode) {
    case 'API Key Authorization':
      return { kind: 'key' }
    case 'IAM Authorization':
      if (typeof userArn === 'string' && userArn !== '') return { kind: 'iam', arn: userArn }
      throw new Misuse('The identity of a signed caller has no userArn')
    case 'User Pool Authorization':
      return user(idOf(poolOf(issuer), sub), groups ?? fieldsOf(claims)['cognito:groups'], claims)
    case 'Open ID Connect Authorization':
      return user(
        idOf(issuer ?? fieldsOf(claims).iss, sub ?? fieldsOf(claims).sub),
        fieldsOf(claims).groups,
        claims,
      )
    case 'Lambda Authorization':
      return user(
        idOf('authorizer', fieldsOf(resolverContext).sub),
        namesBetweenCommas(fieldsOf(resolverContext).groups),
        resolverContext,
      )
    default:
      throw new Misuse(`The mode of authorization is unknown: ${mode}`)
  }
}

/** Returns the caller's name on events and in logs: `actor` of EventMeta. */
export function actorOf(caller: Caller): string {
  switch (caller.kind) {
    case 'user':
      return actorOfUser(caller.id)
    case 'iam':
      return `iam:${caller.arn}`
    case 'key':
      return 'key'
  }
}

function user(id: string, groups: unknown, claims: unknown): User {
  return { kind: 'user', id, groups: namesIn(groups), claims: fieldsOf(claims) }
}

/**
 * Returns the id of a user. Only the issuer and `sub` together are unique.
 * https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability
 */
function userId(sub: unknown, source: unknown, firstUsers: string | undefined): string {
  if (!isSub(sub)) {
    throw new Misuse(
      'The identity of a user needs a sub of 1 to 255 characters; a Lambda authorizer returns it as resolverContext.sub',
    )
  }
  if (firstUsers === undefined) return sub
  if (typeof source !== 'string' || source === '') {
    throw new Misuse('The identity of a user has no issuer')
  }
  // A sub with a space could otherwise look like the id of another source.
  if (source === firstUsers) return sub.includes(' ') ? ` ${sub}` : sub
  return `${source} ${sub}`
}

/** Returns the id of a user pool, the last part of its issuer. */
function poolOf(issuer: unknown): unknown {
  return typeof issuer === 'string' ? issuer.split('/').at(-1) : undefined
}

/** https://openid.net/specs/openid-connect-core-1_0.html#IDToken */
function isSub(sub: unknown): sub is string {
  return isUserId(sub) && sub.length <= 255
}

/**
 * Returns the names in a claim: a list, or the text of one name. An issuer may allow commas in the
 * name of a group, so a text is never divided.
 */
function namesIn(groups: unknown): readonly string[] {
  const names: readonly unknown[] = Array.isArray(groups) ? groups : [groups]
  return names.filter((name) => typeof name === 'string').filter((name) => name !== '')
}

/** Returns the names in a value of a Lambda authorizer, which can return no lists. */
function namesBetweenCommas(groups: unknown): unknown {
  return typeof groups === 'string' ? groups.split(',').map((name) => name.trim()) : groups
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
