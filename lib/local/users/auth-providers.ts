import type { Roles } from '../access/roles.ts'
import type {
  AuthProvider,
  LambdaAuthorizer,
  OidcProvider,
  UserPoolProvider,
} from '../appsync/auth-provider.ts'
import { invokedBy } from '../invocations/index.ts'
import type { Functions } from '../lambda/index.ts'
import type { Properties, Resource } from '../template/index.ts'
import { publicKey, type UserPool } from './user-pools.ts'

export interface AuthSource {
  readonly functions: Functions
  readonly roles: Roles
  readonly region: string
  readonly userPools: readonly UserPool[]
}

/** The modes that an API can have once. It can have several user pools and OIDC issuers. */
const ONCE = ['API_KEY', 'AWS_IAM', 'AWS_LAMBDA']
/** The hosts of this machine. Their issuers need no https. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/

/** Returns the authorization modes of an API, with the default mode first. */
export function authProvidersOf(api: Resource, source: AuthSource): AuthProvider[] {
  const properties = api.properties()
  const additional = properties.objects('AdditionalAuthenticationProviders')
  const providers = [properties, ...additional].map((each) => authProvider(each, api, source))
  const isTwice = ({ mode }: AuthProvider, index: number) =>
    ONCE.includes(mode) && providers.findIndex((other) => other.mode === mode) < index
  const twice = providers.find(isTwice)
  if (twice)
    properties.fail('AdditionalAuthenticationProviders', `${twice.mode} is there twice: remove one`)
  const [first] = providers
  const isDenied = first?.mode === 'AMAZON_COGNITO_USER_POOLS' && first.defaultAction === 'DENY'
  // https://docs.aws.amazon.com/appsync/latest/APIReference/API_UserPoolConfig.html
  if (isDenied && additional.length > 0)
    properties
      .object('UserPoolConfig')
      .fail('DefaultAction', 'it must be ALLOW if the API has additional modes; got DENY')
  return providers
}

function authProvider(provider: Properties, api: Resource, source: AuthSource): AuthProvider {
  const mode = provider.text('AuthenticationType')
  switch (mode) {
    case 'API_KEY':
    case 'AWS_IAM':
      return { mode }
    case 'AMAZON_COGNITO_USER_POOLS':
      return userPool(provider.object('UserPoolConfig'), source)
    case 'OPENID_CONNECT':
      return openIdConnect(provider.object('OpenIDConnectConfig'), source)
    case 'AWS_LAMBDA':
      return lambdaAuthorizer(provider.object('LambdaAuthorizerConfig'), api, source)
    default:
      return provider.fail(
        'AuthenticationType',
        `it must be API_KEY, AWS_IAM, AMAZON_COGNITO_USER_POOLS, OPENID_CONNECT or AWS_LAMBDA; got ${mode}`,
      )
  }
}

function userPool(config: Properties, { userPools, region }: AuthSource): UserPoolProvider {
  const id = config.text('UserPoolId')
  const own = userPools.find(({ userPoolId }) => userPoolId === id)
  if (!own && !/^[\w-]+_[0-9a-zA-Z]+$/.test(id))
    config.fail(
      'UserPoolId',
      `it must be the id of a user pool, such as us-east-1_AbCdEfGhI; got ${id}`,
    )
  const action = config.optionalText('DefaultAction') ?? 'ALLOW'
  if (action !== 'ALLOW' && action !== 'DENY')
    config.fail('DefaultAction', `it must be ALLOW or DENY; got ${action}`)
  const clientIds = pattern(config, 'AppIdClientRegex')
  return {
    mode: 'AMAZON_COGNITO_USER_POOLS',
    ...(own
      ? localIssuer(own)
      : { issuer: cognitoIssuer(config.optionalText('AwsRegion') ?? region, id) }),
    ...(clientIds !== undefined && { clientIds }),
    defaultAction: action,
  }
}

function openIdConnect(config: Properties, { userPools, region }: AuthSource): OidcProvider {
  const issuer = config.text('Issuer')
  const { protocol, hostname } = URL.canParse(issuer) ? new URL(issuer) : { protocol: '' }
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.test(hostname ?? '')))
    config.fail('Issuer', `it must be an https URL, or an http URL of localhost; got ${issuer}`)
  const clientIds = pattern(config, 'ClientId')
  const own = userPools.find((pool) =>
    [pool.issuer, cognitoIssuer(region, pool.userPoolId)].includes(issuer),
  )
  return {
    mode: 'OPENID_CONNECT',
    ...(own ? localIssuer(own) : { issuer }),
    ...(clientIds !== undefined && { clientIds }),
    iatTtl: config.number('IatTTL', 0),
    authTtl: config.number('AuthTTL', 0),
  }
}

function lambdaAuthorizer(
  config: Properties,
  api: Resource,
  { functions, roles }: AuthSource,
): LambdaAuthorizer {
  const arn = config.text('AuthorizerUri')
  const target =
    functions.find(arn) ?? config.fail('AuthorizerUri', `the template has no function ${arn}`)
  const tokenPattern = pattern(config, 'IdentityValidationExpression')
  // AppSync invokes the function by its permission for appsync.amazonaws.com:
  // https://docs.aws.amazon.com/appsync/latest/APIReference/API_LambdaAuthorizerConfig.html
  const appsync = roles.ofService('appsync.amazonaws.com', api.attribute('Arn'))
  return {
    mode: 'AWS_LAMBDA',
    function: invokedBy(appsync, target),
    resultTtl: config.number('AuthorizerResultTtlInSeconds', 0),
    ...(tokenPattern !== undefined && { tokenPattern }),
  }
}

function localIssuer({ issuer, key }: UserPool) {
  return { issuer, localKeys: { keys: [publicKey(key)] } }
}

function cognitoIssuer(region: string, userPoolId: string): string {
  return `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`
}

function pattern(config: Properties, name: string): string | undefined {
  const text = config.optionalText(name)
  if (text === undefined || text === '') return undefined
  try {
    new RegExp(text)
    return text
  } catch {
    return config.fail(name, `it must be a regular expression; got ${text}`)
  }
}
