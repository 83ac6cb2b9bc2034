import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { getIntrospectionQuery, parse, visit } from 'graphql'
import { keyExpiry } from '../../lib/infrastructure/api/api-key.ts'
import { deepestQuery } from '../../lib/infrastructure/api/limits.ts'
import { unbundledStack } from '../support/synth.ts'

interface Resource {
  readonly Type: string
  readonly Properties: Record<string, unknown>
}

const stack = unbundledStack()
const template = Template.fromStack(stack)
const prodStack = unbundledStack({ stage: 'prod' })
const prod = Template.fromStack(prodStack)
const resources: Record<string, Resource> = template.toJSON().Resources

/** The schema's fields, as `Query.concert`. The tests hold for any number of domains. */
const fields = parse(
  readFileSync(join(__dirname, '../app/schema.graphql'), 'utf8'),
).definitions.flatMap((type) =>
  type.kind === 'ObjectTypeDefinition'
    ? (type.fields ?? []).map(({ name }) => `${type.name.value}.${name.value}`)
    : [],
)
const publishers = fields.filter((field) => /^Mutation\.publish\w+Event$/.test(field))

/** Returns the actions that the policies of a function allow, sorted. */
function allowed(functionPath: string): string[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'))
  const [, policy] = policies.find(([id]) => id.startsWith(functionPath)) ?? []
  const statements: { Action: string | string[]; Resource: unknown }[] =
    policy?.Properties.PolicyDocument.Statement ?? []
  return [...new Set(statements.flatMap(({ Action: action }) => action))].sort()
}

test('each resource has a table with a stream, keyed by id and number', () => {
  const checkpointsAndViews = 2
  template.resourceCountIs('AWS::DynamoDB::GlobalTable', publishers.length + checkpointsAndViews)
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

test('tables deny updates and deletes to all, and puts to all but commands and reactors', () => {
  const deny = { Effect: 'Deny', Principal: { AWS: '*' }, Resource: '*' }
  template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    Replicas: [
      Match.objectLike({
        ResourcePolicy: {
          PolicyDocument: Match.objectLike({
            Statement: [
              Match.objectLike({
                ...deny,
                Action: Match.arrayWith([
                  'dynamodb:DeleteItem',
                  'dynamodb:UpdateItem',
                  'dynamodb:UpdateTimeToLive',
                ]),
              }),
              Match.objectLike({
                ...deny,
                Action: 'dynamodb:PutItem',
                Condition: {
                  StringNotEquals: {
                    'aws:PrincipalTag/commits': 'Test',
                    'aws:PrincipalTag/commits:Booking': 'Test',
                  },
                },
              }),
            ],
          }),
        },
      }),
    ],
  })
})

test('commands and reactors may read and put, queries only read, the feed only publishes', () => {
  const ofViews = 'dynamodb:GetItem'
  const traces = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments']
  expect(allowed('ApiticketsCommands')).toEqual([
    'dynamodb:ConditionCheckItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    ...traces,
  ])
  expect(allowed('ApiticketsQueries')).toEqual([
    ofViews,
    'dynamodb:Query',
    'dynamodb:Scan',
    ...traces,
  ])
  const reader = [
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
  ]
  const sender = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage']
  expect(allowed('ApiFeedFunction')).toEqual(['appsync:GraphQL', ...reader, ...sender, ...traces])
  expect(allowed('ApiReactionsFunction')).toEqual(
    [
      ...reader,
      ...sender,
      ...traces,
      'dynamodb:ConditionCheckItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:Scan',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:ReceiveMessage',
    ].sort(),
  )
})

test('operator queries may only read, and operator commands may write checkpoints', () => {
  const traces = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments']
  expect(allowed('ApioperationsQueries')).toEqual([
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:Scan',
    ...traces,
  ])
  expect(allowed('ApioperationsCommands')).toEqual([
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:Scan',
    // Rebuilds a view.
    'lambda:InvokeFunction',
    ...traces,
  ])
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith('Apioperations'))
    .map(([, policy]) => JSON.stringify(policy))
  expect(policies).toHaveLength(4)
  for (const policy of policies) expect(policy).not.toMatch(/BookingEvents|ConcertEvents/)
})

test('no policy allows an update or deletion of an event', () => {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'))
  for (const [id, { Properties }] of policies) {
    for (const statement of Properties.PolicyDocument.Statement.map(JSON.stringify)) {
      // The views function deletes old views, and their checkpoints.
      if (id.startsWith('ApiViews') && !statement.includes('Events')) continue
      expect(statement).not.toMatch(/UpdateItem|DeleteItem|BatchWrite|PartiQL|dynamodb:\*/)
    }
  }
})

test('the feed function may call only the publish mutations of its tables', () => {
  const open = JSON.stringify(template.findResources('AWS::IAM::Policy')).match(/types\/[^"]+/g)
  expect(publishers).toContain('Mutation.publishConcertEvent')
  expect(open?.sort()).toEqual(
    publishers.map((field) => `types/${field.replace('.', '/fields/')}`).sort(),
  )
})

test('the stream is read from the start, with bounded retries and a failure destination', () => {
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: Match.anyValue(),
    MaximumRecordAgeInSeconds: Match.anyValue(),
    DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
  })
})

test.each([
  ['ParkedResources', '^ApiReactionsFunction'],
  ['ParkedResources', '^ApiViewsFunction'],
  ['PublishFailures', '^ApiFeedFunction'],
  ['TruncatedEvents', '^ApiFeedFunction'],
  ['Tampering', '^ApiFeedFunction'],
])('one count of %s within five minutes raises an alarm', (name, counter) => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'EventSourcing',
    MetricName: name,
    Dimensions: [{ Name: 'function', Value: { Ref: Match.stringLikeRegexp(counter) } }],
    Statistic: 'Sum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  })
})

test('a feed that is five minutes behind and an undelivered batch raise alarms', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/Lambda',
    MetricName: 'IteratorAge',
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^ApiFeed') } }],
    Statistic: 'Maximum',
    Threshold: 300_000,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  })
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  })
  template.resourceCountIs('AWS::CloudWatch::Alarm', 20)
})

test('a dispatcher that is five minutes behind raises an alarm and wakes the reconciler', () => {
  const dispatcher = Match.stringLikeRegexp('^ApiReactionsFunction')
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'IteratorAge',
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: dispatcher } }],
    AlarmActions: [{ 'Fn::GetAtt': [dispatcher, 'Arn'] }],
  })
  template.hasResourceProperties('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: { 'Fn::GetAtt': [dispatcher, 'Arn'] },
    Principal: 'lambda.alarms.cloudwatch.amazonaws.com',
  })
})

test('every function is traced, logs JSON, and knows the tables it serves', () => {
  const functions = Object.values(template.findResources('AWS::Lambda::Function'))
  expect(functions).not.toHaveLength(0)
  for (const { Properties: properties } of functions) {
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON' },
      Environment: { Variables: expect.anything() },
    })
  }
  const tables = (name: string) =>
    Object.entries(template.findResources('AWS::Lambda::Function'))
      .filter(([id]) => id.startsWith(name))
      .flatMap(([, { Properties }]) => Object.keys(Properties.Environment.Variables).sort())
      .filter((variable) => variable.endsWith('_TABLE'))
  expect(tables('ApiticketsCommands')).toEqual(['CONCERT_TABLE'])
  expect(tables('ApibookingsQueries')).toEqual(['BOOKING_TABLE', 'VIEW_TABLE'])
  expect(tables('ApiReactions')).toEqual(
    expect.arrayContaining(['CHECKPOINT_TABLE', 'BOOKING_TABLE', 'CONCERT_TABLE']),
  )
})

test('table streams, schedules and undelivered batches wake the dispatcher', () => {
  const sources = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping')
    .filter(({ Properties }) => JSON.stringify(Properties.FunctionName).includes('ApiReactions'))
    .map(({ Properties }) => JSON.stringify(Properties.EventSourceArn))
  expect(sources.join()).toMatch(/BookingEvents/)
  expect(sources.join()).toMatch(/ApiReactionsUndelivered/)
  for (const [rate, work] of [
    ['1 minute', 'run due'],
    ['6 hours', 'reconcile'],
  ]) {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: `rate(${rate})`,
      State: 'ENABLED',
      Targets: [Match.objectLike({ Input: JSON.stringify({ work }) })],
    })
  }
})

test('checkpoints are keyed by resource and reactor, with an index of due checkpoints', () => {
  template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'reactor', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'due' })],
  })
})

test('the API accepts keys and IAM, is traced, and limits the depth of queries', () => {
  template.hasResourceProperties('AWS::AppSync::GraphQLApi', {
    AuthenticationType: 'API_KEY',
    AdditionalAuthenticationProviders: [{ AuthenticationType: 'AWS_IAM' }],
    XrayEnabled: true,
    QueryDepthLimit: 15,
    ResolverCountLimit: 100,
  })
})

test('where clients may read the schema, the standard introspection query is not too deep', () => {
  let depth = 0
  let deepest = 0
  visit(parse(getIntrospectionQuery()), {
    Field: {
      enter() {
        depth += 1
        deepest = Math.max(deepest, depth)
      },
      leave() {
        depth -= 1
      },
    },
    FragmentDefinition: {
      enter({ name }) {
        // The depths at which the query uses its fragments.
        depth = { FullType: 2, InputValue: 4, TypeRef: 5 }[name.value] ?? 0
      },
      leave() {
        depth = 0
      },
    },
  })
  expect(deepest).toBeLessThanOrEqual(deepestQuery(true))
  expect(deepest).toBeGreaterThan(deepestQuery(false))
})

test('every field of Query and Mutation has a resolver', () => {
  const resolvers = Object.values(template.findResources('AWS::AppSync::Resolver'))
  const names = resolvers.map(({ Properties: { TypeName: type, FieldName: field } }) => [
    type,
    field,
  ])
  expect(fields).toContain('Query.concert')
  expect(names.map((name) => name.join('.')).sort()).toEqual(
    fields.filter((field) => /^(Query|Mutation)\./.test(field)).sort(),
  )
})

test('the stack passes the checks of cdk-nag’s AwsSolutions pack', () => {
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack)
  expect(violations).toEqual([])
})

test('a reader that fails or is throttled for a quarter of an hour raises an alarm', () => {
  const reader = (name: string) => ({
    MetricStat: Match.objectLike({
      Metric: Match.objectLike({
        Namespace: 'AWS/Lambda',
        MetricName: name,
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('Feed') } }],
      }),
      Stat: 'Sum',
    }),
  })
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Metrics: Match.arrayWith([
      Match.objectLike({ Expression: 'FILL(errors, 0) + FILL(throttles, 0)' }),
      Match.objectLike(reader('Errors')),
      Match.objectLike(reader('Throttles')),
    ]),
    Threshold: 1,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 3,
  })
})

test('each mapping of a stream that reads nothing while events are committed raises an alarm', () => {
  const mappings = Object.entries(template.findResources('AWS::Lambda::EventSourceMapping')).filter(
    ([, { Properties }]) => JSON.stringify(Properties.EventSourceArn).includes('StreamArn'),
  )
  expect(mappings).toHaveLength(4)
  for (const [id, { Properties }] of mappings) {
    expect(Properties.MetricsConfig).toEqual({ Metrics: ['EventCount'] })
    const [table] = Properties.EventSourceArn['Fn::GetAtt']
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'IF(FILL(puts, 0) > 0 AND FILL(polled, 0) == 0, 1, 0)' }),
        Match.objectLike({
          MetricStat: Match.objectLike({
            Metric: {
              Namespace: 'AWS/DynamoDB',
              MetricName: 'SuccessfulRequestLatency',
              Dimensions: [
                { Name: 'Operation', Value: 'PutItem' },
                { Name: 'TableName', Value: { Ref: table } },
              ],
            },
            Stat: 'SampleCount',
          }),
        }),
        Match.objectLike({
          MetricStat: Match.objectLike({
            Metric: {
              Namespace: 'AWS/Lambda',
              MetricName: 'PolledEventCount',
              Dimensions: [{ Name: 'EventSourceMappingUUID', Value: { Ref: id } }],
            },
          }),
        }),
      ]),
      EvaluationPeriods: 288,
      DatapointsToAlarm: 3,
    })
  }
})

test('logical ids of tables depend on the names of resources alone', () => {
  expect(Object.keys(template.findResources('AWS::DynamoDB::GlobalTable')).sort()).toEqual([
    'BookingEvents',
    'ConcertEvents',
    'ReactionCheckpoints',
    'Views',
  ])
})

test('tables refer to no other resource, so that CloudFormation can import them', () => {
  for (const from of [template, prod]) {
    const tables = JSON.stringify(from.findResources('AWS::DynamoDB::GlobalTable'))
    const references = [...tables.matchAll(/"Ref":"([^"]+)"/g)].map(([, to]) => to)
    expect([...new Set(references)]).toEqual(['AWS::Region'])
    expect(tables).not.toMatch(/Fn::GetAtt|Fn::Sub|Fn::ImportValue|DependsOn/)
  }
})

test('no table can get a time to live', () => {
  for (const table of Object.values(template.findResources('AWS::DynamoDB::GlobalTable'))) {
    const [replica] = table.Properties.Replicas
    const [first] = replica.ResourcePolicy.PolicyDocument.Statement
    expect(first).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*' }, Resource: '*' })
    expect([first.Action].flat()).toContain('dynamodb:UpdateTimeToLive')
  }
})

test('development stages delete their tables; prod keeps and protects them', () => {
  const tables = (from: Template) => Object.values(from.findResources('AWS::DynamoDB::GlobalTable'))
  const branch = unbundledStack({ stage: 'feature-x' })
  for (const { DeletionPolicy } of [...tables(template), ...tables(Template.fromStack(branch))])
    expect(DeletionPolicy).toBe('Delete')
  expect(branch.terminationProtection).toBe(false)
  expect(tables(prod)).toHaveLength(4)
  for (const [id, table] of Object.entries(prod.findResources('AWS::DynamoDB::GlobalTable'))) {
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
    const [replica] = table.Properties.Replicas
    // The events can rebuild the views.
    expect(replica.DeletionProtectionEnabled ?? false).toBe(id !== 'Views')
  }
  expect(prodStack.terminationProtection).toBe(true)
  prod.hasResourceProperties('AWS::AppSync::GraphQLApi', {
    IntrospectionConfig: 'DISABLED',
    QueryDepthLimit: 10,
  })
})

test.each([
  ['production', 'would be a development stage, whose data is deleted'],
  ['prd', 'would be a development stage'],
  ['Prod', 'must have 1 to 20 characters'],
  ['feature/x', 'must have 1 to 20 characters of a-z, 0-9 and single hyphens'],
  ['twenty-one-characters', 'must have 1 to 20 characters'],
  ['prod-eu', 'would be a development stage'],
  ['1-digit', 'must have 1 to 20 characters'],
  ['a-stage-with-a-very-long-name', 'must have 1 to 20 characters'],
  ['', 'got : use -c stage=dev, prod or feature-x'],
])('the stage %p is rejected', (stage, problem) => {
  expect(() => unbundledStack({ stage })).toThrow(problem)
})

test('the API key is an output of development stages only, and another number replaces it', () => {
  const outputs = (from: Template) => Object.keys(from.findOutputs('*')).join()
  expect(outputs(template)).toMatch(/ApiKey/)
  expect(outputs(prod)).not.toMatch(/ApiKey/)
  expect(outputs(prod)).toMatch(/ApiGraphqlUrl.*ApiRealtimeUrl.*ApiApiId/)
  const idOf = (context: Record<string, unknown>) =>
    Object.keys(Template.fromStack(unbundledStack(context)).findResources('AWS::AppSync::ApiKey'))
  const [first] = Object.keys(template.findResources('AWS::AppSync::ApiKey'))
  expect(idOf({ apiKey: '1' })).toEqual([first])
  expect(idOf({ apiKey: 2 })).not.toEqual([first])
  expect(() => unbundledStack({ apiKey: 'two' })).toThrow(
    'apiKey must be on, off, or a number from 1 to 999999; got two: use -c apiKey=on, or -c apiKey=2 to replace the first key',
  )
})

test('the expiry of the key is checked once a day, and raises an alarm', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 day)',
    Targets: [Match.objectLike({ Input: Match.stringLikeRegexp('"expires":"\\d{4}-\\d{2}-01T') })],
  })
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ExpiringKeys',
    Period: 86_400,
    Threshold: 1,
  })
})

test('a rate limit of addresses counts all requests but signed ones without a key', () => {
  template.resourceCountIs('AWS::WAFv2::WebACL', 0)
  const limited = Template.fromStack(unbundledStack({ rateLimit: '1000' }))
  limited.hasResourceProperties('AWS::WAFv2::WebACL', {
    DefaultAction: { Allow: {} },
    Rules: [
      Match.objectLike({
        Statement: {
          RateBasedStatement: {
            Limit: 1000,
            AggregateKeyType: 'IP',
            EvaluationWindowSec: 300,
            ScopeDownStatement: {
              OrStatement: {
                Statements: [
                  { NotStatement: { Statement: { ByteMatchStatement: Match.anyValue() } } },
                  { SizeConstraintStatement: Match.objectLike({ Size: 0 }) },
                ],
              },
            },
          },
        },
      }),
    ],
  })
  limited.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1)
  expect(() => unbundledStack({ rateLimit: '5' })).toThrow(
    'rateLimit must be a number of requests in five minutes from 10 to 2000000000; got 5',
  )
})

test('logs have no contents of requests, unless the context turns payloads on', () => {
  const logging = (api: Template, FieldLogLevel: string) =>
    api.hasResourceProperties('AWS::AppSync::GraphQLApi', {
      LogConfig: Match.objectLike({ ExcludeVerboseContent: true, FieldLogLevel }),
    })
  const variables = (api: Template) =>
    Object.values(api.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.Environment.Variables.LOG_PAYLOADS,
    )
  logging(template, 'NONE')
  expect(new Set(variables(template))).toEqual(new Set([undefined]))
  const open = Template.fromStack(unbundledStack({ logPayloads: 'on' }))
  logging(open, 'ERROR')
  expect(new Set(variables(open))).toEqual(new Set(['true']))
  expect(() => unbundledStack({ logPayloads: 'yes' })).toThrow(
    'logPayloads must be on or off; got yes: use -c logPayloads=on',
  )
})

test.each(['2026-01-01', '2026-01-31', '2027-02-28', '2028-02-29', '2026-12-31'])(
  'a key made on %s is valid for ten months to one year',
  (day) => {
    const now = new Date(`${day}T12:00:00Z`)
    const days = (keyExpiry(now).getTime() - now.getTime()) / 86_400_000
    expect(days).toBeGreaterThan(300)
    expect(days).toBeLessThan(365)
  },
)
