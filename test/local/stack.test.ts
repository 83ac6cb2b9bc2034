import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { type LocalDynamoDB, startDynamoDB } from '../../lib/local/dynamodb/index.ts'
import type { Json } from '../../lib/local/json.ts'
import { ignoredWarning } from '../../lib/local/process/terminal.ts'
import { type Stack, startStack } from '../../lib/local/stack.ts'
import { StateFolder } from '../../lib/local/state-folder.ts'
import { clientFor } from '../support/client.ts'

let folder: string
let dynamodb: LocalDynamoDB
let stack: Stack | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stack-'))
  dynamodb = await startDynamoDB()
})

afterEach(async () => {
  await stack?.stop()
  stack = undefined
})

afterAll(async () => {
  await dynamodb.stop()
  await rm(folder, { recursive: true })
})

/** Starts the stack of a template with these resources and the common resources. */
async function stand(resources: Record<string, Json>): Promise<Stack> {
  const Resources = { ...common, ...resources }
  stack = await startStack({
    assembly: {
      folder,
      stackName: 'Notes',
      template: { Resources },
      asset: (key) => (key === 'code.zip' ? join(__dirname, 'fixture/code') : undefined),
      functionAsset: () => undefined,
      recipes: () => [],
      placeOf: () => undefined,
    },
    region: 'us-east-1',
    state: new StateFolder(folder, false),
    dynamodbEndpoint: dynamodb.endpoint,
    traces: { address: '127.0.0.1:1', add: () => {}, stop: async () => {} },
    graphqlUrl: 'http://localhost:4000/graphql',
    realtimeUrl: 'ws://localhost:4000/graphql/realtime',
    minute: 60_000,
    log: () => {},
    report: () => {},
  })
  return stack
}

const functionProperties = {
  Code: { S3Key: 'code.zip' },
  Handler: 'index.handler',
  Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
  Runtime: 'nodejs24.x',
}
const apiId = { 'Fn::GetAtt': ['Api', 'ApiId'] }
const runtime = { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' }
const common: Record<string, Json> = {
  Api: { Type: 'AWS::AppSync::GraphQLApi', Properties: api('API_KEY') },
  Schema: {
    Type: 'AWS::AppSync::GraphQLSchema',
    Properties: { ApiId: apiId, Definition: 'type Query { notes: [String] }' },
  },
  None: {
    Type: 'AWS::AppSync::DataSource',
    Properties: { ApiId: apiId, Name: 'none', Type: 'NONE' },
  },
  Role: { Type: 'AWS::IAM::Role' },
}

function api(AuthenticationType: string) {
  return { Name: 'notes', AuthenticationType }
}

/** An API with a user pool as its default mode. */
function users(UserPoolConfig: Json, AdditionalAuthenticationProviders: Json = []): Json {
  return {
    Type: 'AWS::AppSync::GraphQLApi',
    Properties: {
      ...api('AMAZON_COGNITO_USER_POOLS'),
      UserPoolConfig,
      AdditionalAuthenticationProviders,
    },
  }
}

function table(name: string, changes: Record<string, Json> = {}): Json {
  return {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      TableName: name,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      Replicas: [{ Region: 'us-east-1' }],
      ...changes,
    },
  }
}

function lambda(changes: Record<string, Json> = {}): Json {
  return { Type: 'AWS::Lambda::Function', Properties: { ...functionProperties, ...changes } }
}

function resolver(changes: Record<string, Json>): Json {
  return {
    Type: 'AWS::AppSync::Resolver',
    Properties: {
      ApiId: apiId,
      TypeName: 'Query',
      FieldName: 'notes',
      DataSourceName: 'none',
      Runtime: runtime,
      Code: 'code',
      ...changes,
    },
  }
}

function mapping(changes: Record<string, Json>): Record<string, Json> {
  return {
    Notes: table('Notes', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }),
    Function: lambda(),
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Notes', 'StreamArn'] },
        FunctionName: { Ref: 'Function' },
        StartingPosition: 'TRIM_HORIZON',
        ...changes,
      },
    },
  }
}

test('the template defines the API', async () => {
  const { api } = await stand({
    Key: { Type: 'AWS::AppSync::ApiKey', Properties: { ApiId: apiId, Expires: 2_000_000_000 } },
    Resolver: resolver({}),
  })
  expect(api).toEqual({
    apiId: expect.stringMatching(/^[0-9a-z]{26}$/),
    arn: `arn:aws:appsync:us-east-1:000000000000:apis/${api.apiId}`,
    name: 'notes',
    region: 'us-east-1',
    schema: 'type Query { notes: [String] }',
    authProviders: [{ mode: 'API_KEY' }],
    apiKeys: [{ key: expect.stringMatching(/^da2-[0-9a-z]{26}$/), expires: 2_000_000_000 }],
    resolvers: [
      {
        logicalId: 'Resolver',
        typeName: 'Query',
        fieldName: 'notes',
        code: 'code',
        dataSource: { type: 'NONE', name: 'none' },
      },
    ],
    queryDepthLimit: 0,
    resolverCountLimit: 0,
    introspection: true,
    logsFailures: false,
    xray: false,
  })
})

test('the template defines the modes of the API, with the settings of each', async () => {
  const client = { Type: 'AWS::Cognito::UserPoolClient' }
  const { api, userPools } = await stand({
    Users: { Type: 'AWS::Cognito::UserPool', Properties: { UserPoolName: 'people' } },
    Web: { ...client, Properties: { UserPoolId: { Ref: 'Users' } } },
    Phone: { ...client, Properties: { UserPoolId: { Ref: 'Users' } } },
    Staff: {
      Type: 'AWS::Cognito::UserPoolGroup',
      Properties: { UserPoolId: { Ref: 'Users' }, GroupName: 'staff' },
    },
    Function: lambda(),
    Api: users(
      {
        UserPoolId: { Ref: 'Users' },
        AwsRegion: { Ref: 'AWS::Region' },
        AppIdClientRegex: {
          'Fn::Join': ['|', [{ Ref: 'Web' }, { 'Fn::GetAtt': ['Phone', 'ClientId'] }]],
        },
        DefaultAction: 'ALLOW',
      },
      [
        { AuthenticationType: 'AWS_IAM' },
        {
          AuthenticationType: 'AMAZON_COGNITO_USER_POOLS',
          UserPoolConfig: { UserPoolId: 'eu-central-1_AbCdEfGhI', AwsRegion: 'eu-central-1' },
        },
        {
          AuthenticationType: 'OPENID_CONNECT',
          OpenIDConnectConfig: {
            Issuer: 'https://example.eu.auth0.com/',
            ClientId: 'a|b',
            IatTTL: 1000,
            AuthTTL: 2000,
          },
        },
        {
          AuthenticationType: 'AWS_LAMBDA',
          LambdaAuthorizerConfig: {
            AuthorizerUri: { 'Fn::GetAtt': ['Function', 'Arn'] },
            AuthorizerResultTtlInSeconds: 60,
            IdentityValidationExpression: '^ticket',
          },
        },
      ],
    ),
  })

  const [pool] = userPools
  expect(pool).toMatchObject({
    logicalId: 'Users',
    userPoolId: expect.stringMatching(/^us-east-1_[0-9a-z]{9}$/),
    issuer: `http://localhost:4000/${pool?.userPoolId}`,
    clientIds: [expect.stringMatching(/^[0-9a-z]{26}$/), expect.stringMatching(/^[0-9a-z]{26}$/)],
  })
  expect(api.authProviders).toEqual([
    {
      mode: 'AMAZON_COGNITO_USER_POOLS',
      issuer: pool?.issuer,
      localKeys: {
        keys: [expect.objectContaining({ kty: 'RSA', alg: 'RS256', use: 'sig', e: 'AQAB' })],
      },
      clientIds: pool?.clientIds.join('|'),
      defaultAction: 'ALLOW',
    },
    { mode: 'AWS_IAM' },
    {
      mode: 'AMAZON_COGNITO_USER_POOLS',
      issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI',
      defaultAction: 'ALLOW',
    },
    {
      mode: 'OPENID_CONNECT',
      issuer: 'https://example.eu.auth0.com/',
      clientIds: 'a|b',
      iatTtl: 1000,
      authTtl: 2000,
    },
    {
      mode: 'AWS_LAMBDA',
      function: expect.objectContaining({ logicalId: 'Function' }),
      resultTtl: 60,
      tokenPattern: '^ticket',
    },
  ])
  expect(JSON.stringify(api.authProviders)).not.toContain(`${pool?.key.d}`)
})

test('a table is created with its keys, its indexes and its stream', async () => {
  const client = new DynamoDBClient({
    endpoint: dynamodb.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  await stand({
    Indexed: table('Indexed', {
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'due', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byDue',
          KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  })
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Indexed' }))
  client.destroy()
  expect(Table).toMatchObject({
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [{ IndexName: 'byDue' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  })
})

test('resources that are not supported, and that the API does not need, are left out', async () => {
  const { ignored } = await stand({
    Pictures: { Type: 'AWS::S3::Bucket' },
    Archive: { Type: 'AWS::Events::Archive' },
    Forwarder: lambda({ Environment: { Variables: { ARCHIVE: { Ref: 'Archive' } } } }),
    Report: lambda({ Runtime: 'python3.13' }),
    Nightly: {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: 'cron(0 3 * * ? *)', Targets: [] },
    },
  })
  expect(ignoredWarning(ignored)).toBe(
    'warning: left out, because the local run does not support them and the API does not refer to them: ' +
      'AWS::Events::Archive (Archive), AWS::Events::Rule (Nightly), ' +
      'AWS::Lambda::Function (Forwarder, Report), AWS::S3::Bucket (Pictures)',
  )
})

test('a kept table with another definition is rejected', async () => {
  await (await stand({ Kept: table('Kept') })).stop()
  await stand({ Kept: table('Kept') })
  const key = { AttributeName: 'other', KeyType: 'HASH' }
  const attribute = { AttributeName: 'other', AttributeType: 'S' }
  await expect(
    stand({ Kept: table('Kept', { KeySchema: [key], AttributeDefinitions: [attribute] }) }),
  ).rejects.toThrow(
    'The table Kept of an earlier start differs from the template: remove the state folder',
  )
})

test('a kept table gets the indexes of the template, and loses the others, with its items', async () => {
  const index = (name: string) => ({
    IndexName: name,
    KeySchema: [{ AttributeName: name, KeyType: 'HASH' }],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  })
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' })
  const indexed = (...names: string[]) =>
    table('Reindexed', {
      AttributeDefinitions: ['id', ...names].map(attribute),
      ...(names.length > 0 && { GlobalSecondaryIndexes: names.map(index) }),
    })
  const client = clientFor(dynamodb.endpoint)
  const TableName = 'Reindexed'
  const found = async (IndexName: string) => {
    const answer = await client.send(
      new QueryCommand({
        ...{ TableName, IndexName, KeyConditionExpression: '#key = :key' },
        ExpressionAttributeNames: { '#key': IndexName },
        ExpressionAttributeValues: { ':key': { S: 'x' } },
      }),
    )
    return answer.Items?.map(({ id }) => id?.S)
  }
  try {
    await (await stand({ Reindexed: indexed() })).stop()
    const Item = { id: { S: 'a' }, one: { S: 'x' }, two: { S: 'x' } }
    await client.send(new PutItemCommand({ TableName, Item }))
    await (await stand({ Reindexed: indexed('one', 'two') })).stop()
    expect(await Promise.all(['one', 'two'].map(found))).toEqual([['a'], ['a']])
    await stand({ Reindexed: indexed('two') })
    expect(await found('two')).toEqual(['a'])
    await expect(found('one')).rejects.toThrow()
  } finally {
    client.destroy()
  }
})

test.each<[string, Record<string, Json>]>([
  [
    'Notes (AWS::DynamoDB::GlobalTable), property Replicas: 2 replicas',
    { Notes: table('Notes', { Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }] }) },
  ],
  [
    'Function (AWS::Lambda::Function), property Runtime: python3.13',
    {
      Function: lambda({ Runtime: 'python3.13' }),
      Source: {
        Type: 'AWS::AppSync::DataSource',
        Properties: {
          ApiId: apiId,
          Name: 'function',
          Type: 'AWS_LAMBDA',
          LambdaConfig: { LambdaFunctionArn: { 'Fn::GetAtt': ['Function', 'Arn'] } },
        },
      },
    },
  ],
  [
    'Function (AWS::Lambda::Function), property Code.S3Key: the cloud assembly has no asset other.zip',
    { Function: lambda({ Code: { S3Key: 'other.zip' } }) },
  ],
  [
    'Function (AWS::Lambda::Function), property Handler: ',
    { Function: lambda({ Handler: 'absent.handler' }) },
  ],
  [
    'Api (AWS::AppSync::GraphQLApi), property AuthenticationType: it must be API_KEY, AWS_IAM, ',
    { Api: { Type: 'AWS::AppSync::GraphQLApi', Properties: api('PASSWORD') } },
  ],
  [
    'Second (AWS::AppSync::GraphQLApi): a second API beside Api',
    { Second: { Type: 'AWS::AppSync::GraphQLApi', Properties: api('API_KEY') } },
  ],
  [
    'Resolver (AWS::AppSync::Resolver), property Kind: PIPELINE',
    { Resolver: resolver({ Kind: 'PIPELINE' }) },
  ],
  ['property MaxBatchSize: batching is not', { Resolver: resolver({ MaxBatchSize: 5 }) }],
  [
    'property DataSourceName: the template has no data source other',
    { Resolver: resolver({ DataSourceName: 'other' }) },
  ],
  [
    'Table (AWS::AppSync::DataSource), property Type: AMAZON_DYNAMODB',
    {
      Table: {
        Type: 'AWS::AppSync::DataSource',
        Properties: { ApiId: apiId, Name: 'table', Type: 'AMAZON_DYNAMODB' },
      },
      Resolver: resolver({ DataSourceName: 'table' }),
    },
  ],
  [
    'Api (AWS::AppSync::GraphQLApi), property UserPoolConfig.UserPoolId: it must be the id of a user pool',
    { Api: users({ UserPoolId: 'users' }) },
  ],
  [
    'property UserPoolConfig.DefaultAction: it must be ALLOW or DENY; got MAYBE',
    { Api: users({ UserPoolId: 'us-east-1_AbCdEfGhI', DefaultAction: 'MAYBE' }) },
  ],
  [
    'property UserPoolConfig.DefaultAction: it must be ALLOW if the API has additional modes; got DENY',
    {
      Api: users({ UserPoolId: 'us-east-1_AbCdEfGhI', DefaultAction: 'DENY' }, [
        { AuthenticationType: 'AWS_IAM' },
      ]),
    },
  ],
  [
    'property UserPoolConfig.AppIdClientRegex: it must be a regular expression; got (',
    { Api: users({ UserPoolId: 'us-east-1_AbCdEfGhI', AppIdClientRegex: '(' }) },
  ],
  [
    'Users (AWS::Cognito::UserPool), property LambdaConfig.PreTokenGeneration: it is not supported locally',
    {
      Users: {
        Type: 'AWS::Cognito::UserPool',
        Properties: { LambdaConfig: { PreTokenGeneration: 'arn:aws:lambda:…' } },
      },
      Api: users({ UserPoolId: { Ref: 'Users' } }),
    },
  ],
  [
    'property AdditionalAuthenticationProviders: API_KEY is there twice: remove one',
    {
      Api: {
        Type: 'AWS::AppSync::GraphQLApi',
        Properties: {
          ...api('API_KEY'),
          AdditionalAuthenticationProviders: [{ AuthenticationType: 'API_KEY' }],
        },
      },
    },
  ],
  [
    'property AdditionalAuthenticationProviders.0.OpenIDConnectConfig.Issuer: it must be an https URL, or an http URL of localhost; got http://example.com',
    {
      Api: users({ UserPoolId: 'us-east-1_AbCdEfGhI' }, [
        {
          AuthenticationType: 'OPENID_CONNECT',
          OpenIDConnectConfig: { Issuer: 'http://example.com' },
        },
      ]),
    },
  ],
  [
    'property AdditionalAuthenticationProviders.0.LambdaAuthorizerConfig.AuthorizerUri: the template has no function other',
    {
      Api: users({ UserPoolId: 'us-east-1_AbCdEfGhI' }, [
        { AuthenticationType: 'AWS_LAMBDA', LambdaAuthorizerConfig: { AuthorizerUri: 'other' } },
      ]),
    },
  ],
  ['property ParallelizationFactor: 2 is not', mapping({ ParallelizationFactor: 2 })],
  ['property StartingPosition: AT_TIMESTAMP', mapping({ StartingPosition: 'AT_TIMESTAMP' })],
  [
    'property FilterCriteria.Filters: the operator wildcard is not',
    mapping({ FilterCriteria: { Filters: [{ Pattern: '{"a":[{"wildcard":"*"}]}' }] } }),
  ],
  [
    'property DestinationConfig.OnFailure.Destination: arn:aws:s3:::bucket is not',
    mapping({ DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::bucket' } } }),
  ],
  [
    'property EventSourceArn: arn:aws:kinesis:us-east-1:000000000000:stream/x is not',
    mapping({ EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/x' }),
  ],
])('the stack fails to start: %s …', async (problem, resources) => {
  await expect(stand(resources)).rejects.toThrow(problem)
})
