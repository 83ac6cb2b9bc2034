import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { UserPool } from 'aws-cdk-lib/aws-cognito'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { AwsSolutionsChecks } from 'cdk-nag'
import type { Construct } from 'constructs'
import { authSettings, modesOf } from '../../lib/infrastructure/auth/index.ts'
import { type AuthProps, EventSourcingApi, stageOf } from '../../lib/infrastructure/index.ts'
import { driftErrors } from '../../lib/schema/drift.ts'
import { unbundledApp, unbundledStack } from '../support/synth.ts'

const APP = join(__dirname, '../app')
const POOL = 'eu-west-1_Ab12Cd34E'
const COGNITO = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`
const OIDC = 'https://login.example.com/'
const AUTHORIZER = 'arn:aws:lambda:eu-central-1:111122223333:function:authorize'

/** Returns a stack with the API of the tests' application. */
function stackWith(context: Record<string, unknown>, authOf: (scope: Construct) => AuthProps) {
  const env = { account: '111122223333', region: 'eu-central-1' }
  const stack = new Stack(unbundledApp(context), 'Test', { env })
  const api = new EventSourcingApi(stack, 'Api', {
    schema: join(APP, 'schema.graphql'),
    resolvers: join(APP, 'resolvers'),
    auth: authOf(stack),
  })
  api.addDomain('tickets', { resources: ['Concert'] })
  api.addDomain('bookings', { resources: ['Booking'] })
  api.addOperations()
  return { stack, api }
}

function templateWith(context: Record<string, unknown>, authOf: (scope: Construct) => AuthProps) {
  return Template.fromStack(stackWith(context, authOf).stack)
}

const authorizer = (scope: Construct) =>
  new LambdaFunction(scope, 'Authorizer', {
    code: Code.fromInline('exports.handler = async () => ({ isAuthorized: true })'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_LATEST,
  })

function apiOf(template: Template): Record<string, unknown> {
  const [api] = Object.values(template.findResources('AWS::AppSync::GraphQLApi'))
  return api?.Properties
}

function schemaOf(template: Template): string {
  const [schema] = Object.values(template.findResources('AWS::AppSync::GraphQLSchema'))
  return schema?.Properties.Definition
}

/** Returns the directives of a type in a schema. */
const directivesOf = (schema: string, type = 'Query') =>
  new RegExp(`^type ${type} (.*) \\{$`, 'm').exec(schema)?.[1]

/** Returns the modes that the settings of a stack and the options of a deployment lead to. */
function modesWith(context: Record<string, unknown>, auth?: AuthProps) {
  const scope = new Stack(new App({ context }), 'Test', { env: { region: 'eu-central-1' } })
  return modesOf(authSettings(scope, stageOf(scope.node), auth))
}

describe('a stage without an API key', () => {
  const prod = Template.fromStack(unbundledStack({ stage: 'prod' }))

  test.each([
    ['prod', prod],
    ['a development stage with apiKey=off', Template.fromStack(unbundledStack({ apiKey: 'off' }))],
  ])('%s has no key, no output of it and no watch, and accepts signed requests', (_, template) => {
    template.resourceCountIs('AWS::AppSync::ApiKey', 0)
    expect(apiOf(template)).toMatchObject({ AuthenticationType: 'AWS_IAM' })
    expect(apiOf(template).AdditionalAuthenticationProviders ?? []).toEqual([])
    expect(Object.keys(template.findOutputs('*')).join()).not.toContain('ApiKey')
    expect(JSON.stringify(template.toJSON())).not.toMatch(/KeyWatch|ExpiringKeys/)
    expect(schemaOf(template)).not.toMatch(/^type .*aws_(api_key|cognito)/m)
    expect(directivesOf(schemaOf(template))).toBe('@aws_iam')
  })

  test('gets a key in prod if the stack or the deployment asks for it', () => {
    expect(modesWith({ stage: 'prod' })).toEqual(['AWS_IAM'])
    expect(modesWith({ stage: 'prod' }, { apiKey: true })).toEqual(['API_KEY', 'AWS_IAM'])
    expect(modesWith({ stage: 'prod', apiKey: 'on' })).toEqual(['API_KEY', 'AWS_IAM'])
    expect(modesWith({ stage: 'prod', apiKey: 2 })).toEqual(['API_KEY', 'AWS_IAM'])
    expect(modesWith({ stage: 'prod', apiKey: 'off' }, { apiKey: true })).toEqual(['AWS_IAM'])
    expect(modesWith({}, { apiKey: false })).toEqual(['AWS_IAM'])
    expect(modesWith({ apiKey: true }, { apiKey: false })).toEqual(['API_KEY', 'AWS_IAM'])
  })
})

describe('in prod', () => {
  const stack = unbundledStack({ stage: 'prod', apiKey: 'on', users: 'on' })
  const template = Template.fromStack(stack)

  test('no output and no function has the key or another secret', () => {
    const text = JSON.stringify(template.toJSON())
    template.resourceCountIs('AWS::AppSync::ApiKey', 1)
    expect(text).not.toMatch(/"Fn::GetAtt":\["[^"]+","(ApiKey|ClientSecret)"\]/)
    expect(text).not.toMatch(/da2-[a-z0-9]{20}|AKIA[A-Z0-9]{12}|-----BEGIN|"ClientSecret/)
    expect(text).not.toMatch(/resolve:(secretsmanager|ssm)/)
    const outputs = Object.keys(template.findOutputs('*')).map((name) =>
      name.replace(/^Api|[0-9A-F]{8}$/g, ''),
    )
    expect(outputs.sort()).toEqual(
      ['ApiId', 'GraphqlUrl', 'Issuer', 'RealtimeUrl', 'UserPoolClientId', 'UserPoolId'].sort(),
    )
  })

  test('the user pool and its client are kept, and the pool is protected', () => {
    expect(template.findResources('AWS::Cognito::UserPool')).toMatchObject({
      UserPool: {
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: { DeletionProtection: 'ACTIVE' },
      },
    })
    expect(template.findResources('AWS::Cognito::UserPoolClient')).toMatchObject({
      UserPoolClient: { DeletionPolicy: 'Retain' },
    })
  })

  test('the stack passes the checks of cdk-nag’s AwsSolutions pack', () => {
    expect(new AwsSolutionsChecks(stack).validateScope(stack).violations).toEqual([])
  })
})

describe('users: true', () => {
  const { stack, api } = stackWith({}, () => ({ users: true }))
  const template = Template.fromStack(stack)

  test('makes a user pool whose administrators create users, who sign in with their e-mail', () => {
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      Policies: { PasswordPolicy: Match.objectLike({ MinimumLength: 12 }) },
      DeletionProtection: 'INACTIVE',
    })
    expect(template.findResources('AWS::Cognito::UserPool')).toMatchObject({
      UserPool: { DeletionPolicy: 'Delete' },
    })
    expect(api.userPool).toBeInstanceOf(UserPool)
  })

  test('makes a client for apps, without a secret and without passwords in requests', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      UserPoolId: { Ref: 'UserPool' },
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      GenerateSecret: false,
      PreventUserExistenceErrors: 'ENABLED',
      EnableTokenRevocation: true,
      AllowedOAuthFlows: Match.absent(),
      AccessTokenValidity: 60,
      RefreshTokenValidity: 43_200,
    })
    expect(api.userPoolClient?.node.scope).toBe(api.userPool)
  })

  test('opens the API to tokens of this client alone', () => {
    expect(apiOf(template)).toMatchObject({
      AuthenticationType: 'API_KEY',
      AdditionalAuthenticationProviders: [
        { AuthenticationType: 'AWS_IAM' },
        {
          AuthenticationType: 'AMAZON_COGNITO_USER_POOLS',
          UserPoolConfig: {
            AppIdClientRegex: { Ref: 'UserPoolClient' },
            AwsRegion: 'eu-central-1',
            UserPoolId: { Ref: 'UserPool' },
          },
        },
      ],
    })
    expect(directivesOf(schemaOf(template))).toBe('@aws_api_key @aws_iam @aws_cognito_user_pools')
  })

  test('has outputs for apps: the pool, the client and the issuer', () => {
    const issuer = {
      'Fn::Join': ['', ['https://cognito-idp.eu-central-1.amazonaws.com/', { Ref: 'UserPool' }]],
    }
    for (const [name, value] of [
      ['UserPoolId', { Ref: 'UserPool' }],
      ['UserPoolClientId', { Ref: 'UserPoolClient' }],
      ['Issuer', issuer],
    ] as const) {
      const found = Object.entries(template.findOutputs('*')).filter(([id]) =>
        new RegExp(`^Api${name}[0-9A-F]{8}$`).test(id),
      )
      expect(found.map(([, output]) => output.Value)).toEqual([value])
    }
  })

  test('passes the checks of cdk-nag’s AwsSolutions pack', () => {
    expect(new AwsSolutionsChecks(stack).validateScope(stack).violations).toEqual([])
  })
})

test('an API without users has no user pool', () => {
  const { stack, api } = stackWith({}, () => ({}))
  Template.fromStack(stack).resourceCountIs('AWS::Cognito::UserPool', 0)
  expect(api.userPool).toBeUndefined()
  expect(api.userPoolClient).toBeUndefined()
})

test('user pools, issuers and an authorizer of the stack can be combined', () => {
  const template = templateWith({ stage: 'prod' }, (scope) => ({
    users: [
      true,
      new UserPool(scope, 'Staff'),
      { issuer: OIDC },
      { issuer: 'https://other.example.com', clientIds: ['web', 'https://shop.example.com'] },
    ],
    authorizer: authorizer(scope),
  }))
  expect(apiOf(template)).toMatchObject({
    AuthenticationType: 'AWS_IAM',
    AdditionalAuthenticationProviders: [
      { AuthenticationType: 'AMAZON_COGNITO_USER_POOLS' },
      {
        AuthenticationType: 'AMAZON_COGNITO_USER_POOLS',
        UserPoolConfig: { UserPoolId: { Ref: expect.stringMatching(/^Staff/) } },
      },
      { AuthenticationType: 'OPENID_CONNECT', OpenIDConnectConfig: { Issuer: OIDC } },
      {
        AuthenticationType: 'OPENID_CONNECT',
        OpenIDConnectConfig: {
          Issuer: 'https://other.example.com',
          ClientId: '^(?:web|https\\:\\/\\/shop\\.example\\.com)$',
        },
      },
      {
        AuthenticationType: 'AWS_LAMBDA',
        LambdaAuthorizerConfig: { AuthorizerResultTtlInSeconds: 300 },
      },
    ],
  })
  const directives = '@aws_iam @aws_cognito_user_pools @aws_oidc @aws_lambda'
  expect(directivesOf(schemaOf(template))).toBe(directives)
  expect(directivesOf(schemaOf(template), 'Concert')).toBe(directives)
  expect(schemaOf(template)).toMatch(/publishConcertEvent\(.*\): ConcertEvent @aws_iam$/m)
  expect(schemaOf(template)).toMatch(/reactors: \[String!\]! @aws_iam$/m)
  template.hasResourceProperties('AWS::Lambda::Permission', {
    Principal: 'appsync.amazonaws.com',
    FunctionName: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Authorizer'), 'Arn'] },
  })
})

describe('an option of the deployment', () => {
  test('replaces the users of the stack by a user pool, with its region and its clients', () => {
    const template = templateWith({ users: POOL, clientIds: '1a2b,3c4d' }, () => ({ users: true }))
    template.resourceCountIs('AWS::Cognito::UserPool', 0)
    expect(apiOf(template).AdditionalAuthenticationProviders).toContainEqual({
      AuthenticationType: 'AMAZON_COGNITO_USER_POOLS',
      UserPoolConfig: {
        AppIdClientRegex: '^(?:1a2b|3c4d)$',
        AwsRegion: 'eu-west-1',
        UserPoolId: POOL,
      },
    })
  })

  test('replaces the users of the stack by an issuer, or by none', () => {
    const issuer = templateWith({ users: OIDC, clientIds: 'web' }, () => ({ users: true }))
    expect(apiOf(issuer).AdditionalAuthenticationProviders).toContainEqual({
      AuthenticationType: 'OPENID_CONNECT',
      OpenIDConnectConfig: { Issuer: OIDC, ClientId: '^(?:web)$' },
    })
    expect(modesWith({ users: 'off' }, { users: true })).toEqual(['API_KEY', 'AWS_IAM'])
    expect(modesWith({ users: 'on' })).toEqual(['API_KEY', 'AWS_IAM', 'AMAZON_COGNITO_USER_POOLS'])
  })

  test('replaces the authorizer, which AppSync may then invoke', () => {
    const template = templateWith({ authorizer: AUTHORIZER }, () => ({}))
    expect(apiOf(template).AdditionalAuthenticationProviders).toContainEqual({
      AuthenticationType: 'AWS_LAMBDA',
      LambdaAuthorizerConfig: { AuthorizerResultTtlInSeconds: 300, AuthorizerUri: AUTHORIZER },
    })
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: AUTHORIZER,
      Principal: 'appsync.amazonaws.com',
      SourceArn: Match.anyValue(),
    })
  })

  test.each([
    [{ apiKey: '0' }, 'apiKey must be on, off, or a number from 1 to 999999; got 0'],
    [{ apiKey: '' }, 'apiKey must be on, off, or a number from 1 to 999999; got : use -c'],
    [{ users: 'yes' }, 'users must be on, off, the id of a user pool or the https URL of an'],
    [{ users: 'http://login.example.com' }, 'got http://login.example.com: use, for example'],
    [{ users: 'https://login.example.com?a=b' }, 'An issuer must be a https URL without a query'],
    [{ users: OIDC, clientIds: 'a,,b' }, 'clientIds must be client ids with commas between them'],
    [{ clientIds: 'a' }, '-c clientIds=a needs one user pool or issuer that the stack does not'],
    [{ users: 'on', clientIds: 'a' }, 'got own pool: use -c users=POOL_ID'],
    [{ authorizer: 'authorize' }, 'authorizer must be the ARN of one Lambda function'],
    [{ authorizer: `${AUTHORIZER},${AUTHORIZER}` }, 'because AppSync accepts one authorizer'],
    [
      { authorizer: AUTHORIZER.replace('eu-central-1', 'us-east-1') },
      "authorizer must be a function in the stack's region, eu-central-1; got one in us-east-1",
    ],
  ])('is rejected with its value and the fix: %j', (context, problem) => {
    expect(() => modesWith(context)).toThrow(problem)
  })
})

describe('users of the stack are rejected', () => {
  const pool = (scope: Construct) =>
    UserPool.fromUserPoolArn(
      scope,
      'Staff',
      `arn:aws:cognito-idp:eu-west-1:111122223333:userpool/${POOL}`,
    )

  test.each<[string, (scope: Construct) => AuthProps, string]>([
    ['two user pools to make', () => ({ users: [true, true] }), 'auth.users has true twice'],
    [
      'an issuer twice',
      () => ({ users: [{ issuer: OIDC }, { issuer: OIDC.slice(0, -1), clientIds: ['a'] }] }),
      'auth.users has https://login.example.com twice: remove one, because AppSync accepts',
    ],
    [
      'a user pool that is also an issuer',
      (scope) => ({ users: [{ issuer: COGNITO }, pool(scope)] }),
      `auth.users has ${COGNITO} twice`,
    ],
    [
      'an issuer without a URL',
      () => ({ users: { issuer: 'login.example.com' } }),
      'An issuer must be a https URL without a query, as in the claim iss of its tokens; got login',
    ],
    [
      'an issuer whose list of clients is empty',
      () => ({ users: { issuer: OIDC, clientIds: [] } }),
      'clientIds of the issuer https://login.example.com/ must contain client ids; got []',
    ],
    [
      'more providers than AppSync accepts',
      () => ({
        users: Array.from({ length: 49 }, (_, index) => ({
          issuer: `https://${index}.example.com`,
        })),
      }),
      "The API must have at most 50 providers of callers, which is AppSync's limit; got 51",
    ],
  ])('if there are %s', (_, authOf, problem) => {
    const scope = new Stack(new App(), 'Test')
    expect(() => authSettings(scope, stageOf(scope.node), authOf(scope))).toThrow(problem)
  })
})

test('schema.graphql is the same for all modes and stages', () => {
  const schema = readFileSync(join(APP, 'schema.graphql'), 'utf8')
  expect(driftErrors(schema, join(APP, 'resolvers'))).toEqual([])
  const deployed = schemaOf(Template.fromStack(unbundledStack({ stage: 'prod' })))
  expect(driftErrors(deployed, join(APP, 'resolvers'))).toEqual([
    expect.stringContaining('schema.graphql differs from the domains’ parts'),
  ])
  const lines = (text: string) => text.split('\n').filter((line) => !/^type /.test(line))
  expect(lines(deployed)).toEqual(lines(schema))
})
