import { Stack, Token } from 'aws-cdk-lib'
import { UserPool } from 'aws-cdk-lib/aws-cognito'
import { Function as ExistingFunction, type IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct, Node } from 'constructs'
import type { UserSource } from './auth-props.ts'
import { checkIssuer } from './issuer.ts'

const POOL_ID = /^([a-z]{2}(?:-[a-z]+)+-\d+)_[A-Za-z0-9]+$/
const FUNCTION_ARN = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):\d{12}:function:[\w-]+(?::[\w$-]+)?$/

/**
 * Returns the number of the API key from `-c apiKey=on|off|N`. Another number makes a fresh key in
 * place of the old one. Undefined: the API has no key.
 * @param isWanted whether the API has a key without the option
 * @throws Error for another value
 */
export function keyNumberOf(node: Node, isWanted: boolean): number | undefined {
  const value = `${node.tryGetContext('apiKey') ?? isWanted}`
  if (value === 'off' || value === 'false') return undefined
  if (value === 'on' || value === 'true') return 1
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value)
  throw new Error(
    `apiKey must be on, off, or a number from 1 to 999999; got ${value}: use -c apiKey=on, or -c apiKey=2 to replace the first key`,
  )
}

/**
 * Returns the users from `-c users=on|off|POOL_ID|https://ISSUER`. Undefined: the option is not set.
 * @throws Error for another value
 */
export function usersOf(scope: Construct): readonly UserSource[] | undefined {
  const given: unknown = scope.node.tryGetContext('users')
  if (given === undefined) return undefined
  const value = `${given}`
  if (value === 'off' || value === 'false') return []
  if (value === 'on' || value === 'true') return [true]
  if (value.startsWith('https://')) {
    checkIssuer(value)
    return [{ issuer: value }]
  }
  const [, region = ''] = POOL_ID.exec(value) ?? []
  if (region === '') {
    throw new Error(
      `users must be on, off, the id of a user pool or the https URL of an issuer; got ${value}: use, for example, -c users=on or -c users=eu-west-1_Ab12Cd34E`,
    )
  }
  const { account } = Stack.of(scope)
  const arn = Stack.of(scope).formatArn({
    service: 'cognito-idp',
    region,
    account,
    resource: 'userpool',
    resourceName: value,
  })
  return [UserPool.fromUserPoolArn(scope, 'GivenUserPool', arn)]
}

/**
 * Returns the client ids from `-c clientIds=a,b`. Undefined: the option is not set.
 * @throws Error for an empty id
 */
export function clientIdsOf(node: Node): readonly string[] | undefined {
  const given: unknown = node.tryGetContext('clientIds')
  if (given === undefined) return undefined
  const ids = `${given}`.split(',').map((id) => id.trim())
  if (!ids.includes('')) return ids
  throw new Error(
    `clientIds must be client ids with commas between them; got ${given}: use -c clientIds=a,b`,
  )
}

/**
 * Returns the Lambda authorizer from `-c authorizer=ARN`. Undefined: the option is not set.
 * @throws Error for a value that is not one ARN of a function in the region of the stack
 */
export function authorizerOf(scope: Construct): IFunction | undefined {
  const given: unknown = scope.node.tryGetContext('authorizer')
  if (given === undefined) return undefined
  const [, region] = FUNCTION_ARN.exec(`${given}`) ?? []
  if (region === undefined) {
    throw new Error(
      `authorizer must be the ARN of one Lambda function, because AppSync accepts one authorizer; got ${given}: use -c authorizer=arn:aws:lambda:REGION:ACCOUNT:function:NAME`,
    )
  }
  const { region: own } = Stack.of(scope)
  if (!Token.isUnresolved(own) && region !== own) {
    throw new Error(
      `authorizer must be a function in the stack's region, ${own}; got one in ${region}: deploy the function there`,
    )
  }
  // The function's account is that of the stack, so that the stack may let AppSync invoke it.
  return ExistingFunction.fromFunctionAttributes(scope, 'GivenAuthorizer', {
    functionArn: `${given}`,
    sameEnvironment: true,
  })
}
