/** AppSync's directive for the callers of each authorization mode. */
const DIRECTIVES = {
  API_KEY: 'aws_api_key',
  AWS_IAM: 'aws_iam',
  AMAZON_COGNITO_USER_POOLS: 'aws_cognito_user_pools',
  OPENID_CONNECT: 'aws_oidc',
  AWS_LAMBDA: 'aws_lambda',
} as const

/** An authorization mode of AppSync. */
export type Mode = keyof typeof DIRECTIVES

const ALL: readonly Mode[] = [
  'API_KEY',
  'AWS_IAM',
  'AMAZON_COGNITO_USER_POOLS',
  'OPENID_CONNECT',
  'AWS_LAMBDA',
]

/**
 * The mark of types and fields for every caller in schema.graphql, which is the same in all stages.
 * Synth replaces the three directives by those of the stack's modes.
 */
export const EVERY_CALLER = '@aws_api_key @aws_iam @aws_cognito_user_pools'

/** Returns the directive of a mode: `@aws_iam`. */
export function directiveOf(mode: Mode): string {
  return `@${DIRECTIVES[mode]}`
}

/** Returns the mode whose directive has this name. Undefined: the directive is none of a mode. */
export function modeOf(directive: string): Mode | undefined {
  return ALL.find((mode) => DIRECTIVES[mode] === directive)
}
