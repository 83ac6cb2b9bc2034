/** A call to an AWS service, as policies see it. */
export interface Access {
  /** `dynamodb:PutItem` */
  readonly action: string
  /** The resource's ARN; `*` for an action without a resource. */
  readonly resource: string
  /** Returns the condition keys of the call. Only asked if a policy mentions one of them. */
  readonly context?: () => ConditionKeys
}

/** The values of condition keys, by name: `dynamodb:LeadingKeys`. */
export type ConditionKeys = Readonly<Record<string, string | readonly string[]>>

type Eventually<T> = T | Promise<T>

/** A principal that can sign requests, with credentials created at the start. */
export interface Principal {
  /** The ARN of the assumed role, as AppSync puts it into `identity.userArn`. */
  readonly arn: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** Whether the policies of the template allow the action on the resource. */
  allows(action: string, resource: string): Eventually<boolean>
}

/** Decides what a principal may do. */
export interface Authorizer {
  /** Returns AWS's message of a denied call; undefined if the policies allow the call. */
  denial(access: Access): Eventually<string | undefined>
}

/** A principal whose policies come from the template. */
export interface RolePrincipal extends Principal, Authorizer {}

/** The outcome of a check. */
export interface Decision extends Pick<Access, 'action' | 'resource'> {
  /** The ARN of the principal, or the name of the service. */
  readonly principal: string
  /** AWS's message. Undefined: the call is allowed. */
  readonly denial?: string
}
