/**
 * A principal that can sign requests: the role of a function, with credentials created at the
 * start.
 */
export interface Principal {
  /** The assumed role's ARN, as AppSync puts it into `identity.userArn`. */
  readonly arn: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** Whether the role's policies in the template allow the action on the resource. */
  allows(action: string, resource: string): boolean
}
