import { Match, Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { keyExpiry } from '../../lib/infrastructure/event-sourcing-api.ts'
import { unbundledStack } from '../support/synth.ts'

interface Resource {
  readonly Type: string
  readonly Properties: Record<string, unknown>
}

const stack = unbundledStack()
const template = Template.fromStack(stack)
const resources: Record<string, Resource> = template.toJSON().Resources

/** What the policies of a function allow, as `action on what`. */
function allowed(functionPath: string): string[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'))
  const [, policy] = policies.find(([id]) => id.startsWith(functionPath)) ?? []
  const statements: { Action: string | string[]; Resource: unknown }[] =
    policy?.Properties.PolicyDocument.Statement ?? []
  return statements.flatMap(({ Action: action }) => action).sort()
}

test('a table per resource holds its events under id and number, with its stream', () => {
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', 1)
  template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'number', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'number', AttributeType: 'N' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    Replicas: [
      Match.objectLike({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    ],
  })
})

test('the table refuses updates and deletes to everybody, and puts to all but the commands', () => {
  const deny = { Effect: 'Deny', Principal: { AWS: '*' }, Resource: '*' }
  const commands = Object.keys(resources).find((id) => /^ApishoppingCommandsServiceRole/.test(id))
  template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    Replicas: [
      Match.objectLike({
        ResourcePolicy: {
          PolicyDocument: Match.objectLike({
            Statement: [
              Match.objectLike({
                ...deny,
                Action: Match.arrayWith(['dynamodb:UpdateItem', 'dynamodb:DeleteItem']),
              }),
              Match.objectLike({
                ...deny,
                Action: 'dynamodb:PutItem',
                Condition: {
                  ArnNotEquals: { 'aws:PrincipalArn': [{ 'Fn::GetAtt': [commands, 'Arn'] }] },
                },
              }),
            ],
          }),
        },
      }),
    ],
  })
})

test('commands may read a history and put; queries may only read; the feed may only publish', () => {
  const traces = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments']
  expect(allowed('ApishoppingCommands')).toEqual([
    'dynamodb:ConditionCheckItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    ...traces,
  ])
  expect(allowed('ApishoppingQueries')).toEqual(['dynamodb:Query', 'dynamodb:Scan', ...traces])
  expect(allowed('ApiFeedFunction')).toEqual([
    'appsync:GraphQL',
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:SendMessage',
    ...traces,
  ])
})

test('no policy allows to change or delete an item', () => {
  const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'))
  expect(policies).not.toMatch(/UpdateItem|DeleteItem|BatchWrite|PartiQL|dynamodb:\*/)
})

test('only the publish mutation of its tables is open to the feed function', () => {
  const fields = JSON.stringify(template.findResources('AWS::IAM::Policy')).match(/types\/[^"]+/g)
  expect(fields).toEqual(['types/Mutation/fields/publishProductEvent'])
})

test('the stream is read from its beginning, with bounded retries and a place for what fails', () => {
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: Match.anyValue(),
    MaximumRecordAgeInSeconds: Match.anyValue(),
    DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
  })
})

test.each(['ParkedResources', 'PublishFailures', 'Tampering'])(
  'one count of %s within five minutes is an alarm',
  (name) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'EventSourcing',
      MetricName: name,
      Dimensions: Match.absent(),
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    })
  },
)

test('a feed that is five minutes behind, and what it could not publish, are alarms', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/Lambda',
    MetricName: 'IteratorAge',
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^ApiFeed') } }],
    Statistic: 'Maximum',
    Threshold: 300_000,
    ComparisonOperator: 'GreaterThanThreshold',
  })
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  })
  template.resourceCountIs('AWS::CloudWatch::Alarm', 5)
})

test('every function is traced, logs JSON, and knows the tables it serves', () => {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'))
  expect(functions).toHaveLength(3)
  for (const { Properties: properties } of functions) {
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON' },
      Environment: { Variables: { PRODUCT_TABLE: expect.anything() } },
    })
  }
})

test('the API takes keys and IAM, is traced, and limits the depth of queries', () => {
  template.hasResourceProperties('AWS::AppSync::GraphQLApi', {
    AuthenticationType: 'API_KEY',
    AdditionalAuthenticationProviders: [{ AuthenticationType: 'AWS_IAM' }],
    XrayEnabled: true,
    QueryDepthLimit: 10,
  })
})

test('every field of Query and Mutation has its resolver', () => {
  const resolvers = Object.values(template.findResources('AWS::AppSync::Resolver'))
  const names = resolvers.map(({ Properties: { TypeName: type, FieldName: field } }) => [
    type,
    field,
  ])
  expect(names.map((name) => name.join('.')).sort()).toEqual([
    'Mutation.publishProductEvent',
    'Mutation.reserveProduct',
    'Mutation.restockProduct',
    'Query.product',
    'Query.productEvents',
    'Query.products',
  ])
})

test('nothing is left unexplained by cdk-nag’s AwsSolutions pack', () => {
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack)
  expect(violations).toEqual([])
})

test('the stage dev goes with its tables; prod keeps and protects them', () => {
  const table = (from: Template) =>
    Object.values(from.findResources('AWS::DynamoDB::GlobalTable'))[0]
  const prod = Template.fromStack(unbundledStack({ stage: 'prod' }))
  expect(table(template)?.DeletionPolicy).toBe('Delete')
  expect(table(prod)).toMatchObject({
    DeletionPolicy: 'Retain',
    Properties: { Replicas: [{ DeletionProtectionEnabled: true }] },
  })
  prod.hasResourceProperties('AWS::AppSync::GraphQLApi', { IntrospectionConfig: 'DISABLED' })
  expect(() => unbundledStack({ stage: 'test' })).toThrow('There is no stage test')
})

test.each(['2026-01-01', '2026-01-31', '2027-02-28', '2028-02-29', '2026-12-31'])(
  'a key made on %s lives for ten months at least, and no longer than AppSync allows',
  (day) => {
    const now = new Date(`${day}T12:00:00Z`)
    const days = (keyExpiry(now).getTime() - now.getTime()) / 86_400_000
    expect(days).toBeGreaterThan(300)
    expect(days).toBeLessThan(365)
  },
)
