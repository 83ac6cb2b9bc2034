import type { Json } from '../../../lib/local/json.ts'
import type { Environment } from '../../../lib/local/template/index.ts'
import { Template } from '../../../lib/local/template/index.ts'

const environment: Environment = {
  region: 'eu-west-1',
  accountId: '000000000000',
  stackName: 'Counters',
  graphqlUrl: 'http://localhost:4000/graphql',
  realtimeUrl: 'ws://localhost:4000/graphql/realtime',
  apiKey: () => 'da2-key',
  streamLabel: () => '2026-01-01T00:00:00.000',
}

/** Resolves a value in the environment of the API's function. `rest` has other parts of the template. */
function resolved(value: Json, rest: Record<string, Json> = {}) {
  const Resources = {
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: { Environment: { Variables: { VALUE: value } } },
    },
    Table: { Type: 'AWS::DynamoDB::GlobalTable' },
    Named: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'counts' } },
    Role: { Type: 'AWS::IAM::Role' },
    Queue: { Type: 'AWS::SQS::Queue' },
    Api: { Type: 'AWS::AppSync::GraphQLApi' },
    Source: {
      Type: 'AWS::AppSync::DataSource',
      Properties: {
        ApiId: { 'Fn::GetAtt': ['Api', 'ApiId'] },
        LambdaConfig: { LambdaFunctionArn: { 'Fn::GetAtt': ['Function', 'Arn'] } },
      },
    },
    Key: { Type: 'AWS::AppSync::ApiKey' },
    Logs: { Type: 'AWS::Logs::LogGroup' },
    Users: { Type: 'AWS::Cognito::UserPool' },
    Web: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: { Ref: 'Users' } } },
    Staff: {
      Type: 'AWS::Cognito::UserPoolGroup',
      Properties: { UserPoolId: { Ref: 'Users' }, GroupName: 'staff' },
    },
  }
  const [resource] = new Template({ Resources, ...rest }, environment).resources(
    'AWS::Lambda::Function',
  )
  return resource?.properties().object('Environment').object('Variables').json('VALUE')
}

describe('references', () => {
  test.each<[Json, Json]>([
    [{ Ref: 'Table' }, 'Table'],
    [{ Ref: 'Named' }, 'counts'],
    [{ Ref: 'AWS::Region' }, 'eu-west-1'],
    [{ Ref: 'Parameter' }, 'by default'],
    [{ 'Fn::GetAtt': ['Named', 'Arn'] }, 'arn:aws:dynamodb:eu-west-1:000000000000:table/counts'],
    [
      { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      'arn:aws:dynamodb:eu-west-1:000000000000:table/Table/stream/2026-01-01T00:00:00.000',
    ],
    [{ 'Fn::GetAtt': 'Role.Arn' }, 'arn:aws:iam::000000000000:role/Role'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:eu-west-1:000000000000:Queue'],
    [{ 'Fn::GetAtt': ['Api', 'GraphQLUrl'] }, 'http://localhost:4000/graphql'],
    [{ 'Fn::GetAtt': ['Api', 'ApiId'] }, expect.stringMatching(/^[0-9a-z]{26}$/)],
    [{ 'Fn::GetAtt': ['Key', 'ApiKey'] }, 'da2-key'],
    [{ Ref: 'Logs' }, 'Logs'],
    [{ Ref: 'Users' }, expect.stringMatching(/^eu-west-1_[0-9a-z]{9}$/)],
    [
      { 'Fn::GetAtt': ['Users', 'ProviderURL'] },
      expect.stringMatching(/^http:\/\/localhost:4000\/eu-west-1_[0-9a-z]{9}$/),
    ],
    [
      { 'Fn::GetAtt': ['Users', 'Arn'] },
      expect.stringMatching(/^arn:aws:cognito-idp:eu-west-1:000000000000:userpool\/eu-west-1_\w+$/),
    ],
    [{ Ref: 'Web' }, expect.stringMatching(/^[0-9a-z]{26}$/)],
    [{ 'Fn::GetAtt': ['Web', 'ClientId'] }, expect.stringMatching(/^[0-9a-z]{26}$/)],
    [{ Ref: 'Staff' }, 'staff'],
  ])('%j resolves to %s', (value, expected) => {
    const Parameters = { Parameter: { Type: 'String', Default: 'by default' } }
    expect(resolved(value, { Parameters })).toEqual(expected)
  })

  test.each<[Json, string]>([
    [{ Ref: 'Nothing' }, 'it refers to Nothing, which has no value on this machine'],
    [{ 'Fn::GetAtt': ['Table', 'Colour'] }, 'it refers to attribute Colour of Table, which has no'],
    [{ 'Fn::GetAtt': ['Web', 'ClientSecret'] }, 'it refers to attribute ClientSecret of Web'],
    [{ 'Fn::ImportValue': 'x' }, 'Fn::ImportValue is not supported locally'],
  ])('%j fails with an error that names its place', (value, problem) => {
    expect(() => resolved(value)).toThrow(
      `Function (AWS::Lambda::Function), property Environment.Variables.VALUE: ${problem}`,
    )
  })
})

describe('functions', () => {
  const rest = {
    Mappings: { Regions: { 'eu-west-1': { city: 'Dublin' } } },
    Conditions: {
      InEurope: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
      Elsewhere: { 'Fn::Not': [{ Condition: 'InEurope' }] },
      Either: { 'Fn::Or': [{ Condition: 'InEurope' }, { Condition: 'Elsewhere' }] },
      Both: { 'Fn::And': [{ Condition: 'InEurope' }, { Condition: 'Elsewhere' }] },
    },
  }
  test.each<[Json, Json | undefined]>([
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Table' }]] }, 'a-Table'],
    [{ 'Fn::Split': ['-', 'a-b'] }, ['a', 'b']],
    [{ 'Fn::Select': ['1', { 'Fn::Split': ['-', 'a-b'] }] }, 'b'],
    [
      { 'Fn::Sub': `\${AWS::Region}/\${Named.Arn}` },
      expect.stringMatching('^eu-west-1/arn:aws:dyn'),
    ],
    [{ 'Fn::Sub': [`\${own} \${!kept}`, { own: { Ref: 'Named' } }] }, `counts \${kept}`],
    [{ 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'city'] }, 'Dublin'],
    [{ 'Fn::If': ['InEurope', 'yes', { Ref: 'Nothing' }] }, 'yes'],
    [{ 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    [{ 'Fn::If': ['Elsewhere', 'yes', { Ref: 'AWS::NoValue' }] }, undefined],
    [{ 'Fn::Base64': 'text' }, 'dGV4dA=='],
  ])('%j resolves to %s', (value, expected) => {
    expect(resolved(value, rest)).toEqual(expected)
  })

  test('a resource with a false condition is omitted', () => {
    const Resources = { Queue: { Type: 'AWS::SQS::Queue', Condition: 'Elsewhere' } }
    const template = new Template({ ...rest, Resources }, environment)
    expect(template.resources('AWS::SQS::Queue')).toEqual([])
  })
})

describe('an unsupported template', () => {
  const templateOf =
    (Type: string, Properties: Record<string, Json> = {}) =>
    () =>
      new Template({ Resources: { Thing: { Type, Properties } } }, environment)

  test('is rejected with the logical id of an unsupported type', () => {
    expect(templateOf('AWS::EC2::Instance')).toThrow(
      'Thing (AWS::EC2::Instance): this type is not supported locally: leave it out of the stack if LOCAL_RUN is set',
    )
  })

  test.each<[string, Record<string, Json>, string]>([
    ['AWS::Lambda::Function', { Layers: ['x'] }, 'Layers'],
    ['AWS::Lambda::Function', { Code: { ImageUri: 'x' } }, 'Code.ImageUri'],
    ['AWS::AppSync::Resolver', { PipelineConfig: { Functions: [] } }, 'PipelineConfig'],
    ['AWS::AppSync::Resolver', { RequestMappingTemplate: '{}' }, 'RequestMappingTemplate'],
    ['AWS::DynamoDB::GlobalTable', { Replicas: [{ Unheard: 1 }] }, 'Replicas.Unheard'],
  ])('is rejected with the name of an unsupported property of %s: %j', (type, properties, name) => {
    expect(templateOf(type, properties)).toThrow(
      `Thing (${type}), property ${name}: it is not supported locally: leave it out of the stack`,
    )
  })

  test('is rejected with all problems at once', () => {
    const Resources = { A: { Type: 'AWS::EC2::Instance' }, B: { Type: 'AWS::EC2::VPC' } }
    expect(() => new Template({ Resources }, environment)).toThrow(
      /^A \(AWS::EC2::Instance\).*\nB \(AWS::EC2::VPC\)/,
    )
  })

  test('is accepted if the resource has no local meaning, regardless of its references', () => {
    const properties = { TopicName: [{ 'Fn::ImportValue': 'elsewhere' }] }
    expect(templateOf('AWS::SNS::Topic', properties)).not.toThrow()
  })
})

describe('the resources around the API', () => {
  const refs = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] })
  const lambda = (Variables: Record<string, Json>): Json => ({
    Type: 'AWS::Lambda::Function',
    Properties: { Role: refs('Role'), Environment: { Variables } },
  })
  const policy = (resource: string): Json => ({
    Type: 'AWS::IAM::Policy',
    Properties: {
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: { Statement: [{ Resource: [refs(resource)] }] },
    },
  })
  const API = {
    Api: { Type: 'AWS::AppSync::GraphQLApi' },
    Source: {
      Type: 'AWS::AppSync::DataSource',
      Properties: {
        ApiId: { 'Fn::GetAtt': ['Api', 'ApiId'] },
        LambdaConfig: { LambdaFunctionArn: refs('Commands') },
      },
    },
    Commands: lambda({ TABLE: { Ref: 'Table' } }),
    Role: { Type: 'AWS::IAM::Role' },
    Table: { Type: 'AWS::DynamoDB::Table' },
  }
  const around = (Resources: Record<string, Json>) =>
    new Template({ Resources: { ...API, ...Resources } }, environment)
  const ignoredIn = (Resources: Record<string, Json>) =>
    around(Resources).ignored.map(({ logicalId }) => logicalId)

  test('are ignored if they are not supported, and so is what depends on them', () => {
    const own = {
      Records: { Type: 'AWS::Kinesis::Stream' },
      Bus: { Type: 'AWS::Events::EventBus' },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { EventBusName: { Ref: 'Bus' }, Targets: [{ Arn: refs('Listener') }] },
      },
      Listener: {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: { TABLE: { Ref: 'Table' } } } },
      },
      Archiver: {
        Type: 'AWS::Lambda::Function',
        Properties: { Role: refs('Archivist'), Environment: { Variables: {} } },
      },
      Archivist: { Type: 'AWS::IAM::Role' },
      Rights: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          Roles: [{ Ref: 'Archivist' }],
          PolicyDocument: { Statement: [{ Resource: { 'Fn::Sub': `\${Records.Arn}/*` } }] },
        },
      },
      Elsewhere: {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: { BUCKET: { 'Fn::ImportValue': 'x' } } } },
      },
    }
    expect(ignoredIn(own).sort()).toEqual([
      'Archiver',
      'Archivist',
      'Elsewhere',
      'Records',
      'Rights',
      'Rule',
    ])
    expect(around(own).resources('AWS::Lambda::Function')).toMatchObject([
      { logicalId: 'Commands' },
      { logicalId: 'Listener' },
    ])
  })

  test('include the clients and groups of a user pool', () => {
    const Users = { Type: 'AWS::Cognito::UserPool' }
    const Api = {
      Type: 'AWS::AppSync::GraphQLApi',
      Properties: { UserPoolConfig: { UserPoolId: { Ref: 'Users' } } },
    }
    const client = (Properties: Record<string, Json>) => ({
      Type: 'AWS::Cognito::UserPoolClient',
      Properties: { UserPoolId: { Ref: 'Users' }, ...Properties },
    })
    expect(ignoredIn({ Users, Api, Web: client({ GenerateSecret: true }) })).toEqual([])
    expect(() => around({ Users, Api, Web: client({ Unheard: 1 }) })).toThrow(
      'Web (AWS::Cognito::UserPoolClient), property Unheard: it is not supported locally',
    )
  })

  test('run if they are supported', () => {
    const Queue = { Type: 'AWS::SQS::Queue' }
    expect(ignoredIn({ Queue, Worker: lambda({ QUEUE: { Ref: 'Queue' } }) })).toEqual([])
  })

  test.each<[string, Record<string, Json>, string]>([
    [
      'its variables',
      { Commands: lambda({ BUCKET: { Ref: 'Bucket' } }) },
      'Commands (AWS::Lambda::Function) refers to it in Environment.Variables.BUCKET',
    ],
    [
      'its policy',
      { Rights: policy('Bucket') },
      'Commands (AWS::Lambda::Function) refers to it in PolicyDocument.Statement.0.Resource.0 of Rights',
    ],
    [
      'a function that consumes a table',
      {
        Table: {
          Type: 'AWS::DynamoDB::Table',
          Properties: { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } },
        },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
            FunctionName: { Ref: 'Archiver' },
          },
        },
        Archiver: lambda({ BUCKET: { Ref: 'Bucket' } }),
      },
      'Archiver (AWS::Lambda::Function) refers to it in Environment.Variables.BUCKET',
    ],
  ])('are rejected if an API function refers to them in %s', (_, resources, referrer) => {
    expect(() => around({ Bucket: { Type: 'AWS::S3::Bucket' }, ...resources })).toThrow(
      `Bucket (AWS::S3::Bucket): this type is not supported locally, but ${referrer}: ` +
        'leave out the resource and the reference if LOCAL_RUN is set in process.env',
    )
  })

  test('do not matter in the branch of a condition that does not apply', () => {
    const BUCKET = { 'Fn::If': ['OnAws', { Ref: 'Bucket' }, { Ref: 'AWS::NoValue' }] }
    const Resources = {
      ...API,
      Commands: lambda({ BUCKET }),
      Bucket: { Type: 'AWS::S3::Bucket' },
    }
    const Conditions = { OnAws: { 'Fn::Equals': ['a', 'b'] } }
    const template = new Template({ Conditions, Resources }, environment)
    expect(template.ignored).toEqual([{ logicalId: 'Bucket', type: 'AWS::S3::Bucket' }])
  })
})
