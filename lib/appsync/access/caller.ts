import { actorOfUser, isUserId, Misuse } from '../../event-sourcing/index.ts'

/** The caller of a field, as AppSync has authenticated it. */
export type Caller = User | SignedCaller | KeyHolder

/** A user of the user pool, of the OIDC issuer, or of the Lambda authorizer. */
export interface User {
  readonly kind: 'user'
  /** The claim `sub`: 1 to 255 characters. */
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
 * Returns the caller.
 * https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html
 * @throws TypeError for a mode without a known identity; never names a claim's value
 */
export function callerOf({ mode, identity }: Authentication): Caller {
  const { sub, groups, claims, userArn, resolverContext } = fieldsOf(identity)
  switch (mode) {
    case 'API Key Authorization':
      return { kind: 'key' }
    case 'IAM Authorization':
      if (typeof userArn === 'string' && userArn !== '') return { kind: 'iam', arn: userArn }
      throw new Misuse('The identity of a signed caller has no userArn')
    case 'User Pool Authorization':
      return user(sub, groups ?? fieldsOf(claims)['cognito:groups'], claims)
    case 'Open ID Connect Authorization':
      return user(sub ?? fieldsOf(claims).sub, fieldsOf(claims).groups, claims)
    case 'Lambda Authorization':
      return user(
        fieldsOf(resolverContext).sub,
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

function user(sub: unknown, groups: unknown, claims: unknown): User {
  if (!isUserId(sub)) {
    throw new Misuse(
      'The identity of a user needs a sub of 1 to 255 characters; a Lambda authorizer returns it as resolverContext.sub',
    )
  }
  return { kind: 'user', id: sub, groups: namesIn(groups), claims: fieldsOf(claims) }
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
