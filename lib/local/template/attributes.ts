import { createHash } from 'node:crypto'

/** The values of this run that a stack's references resolve to. */
export interface Environment {
  readonly region: string
  readonly accountId: string
  readonly stackName: string
  /** `http://localhost:4000/graphql` */
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  /** Returns the secret of an API key resource. */
  apiKey(logicalId: string): string | undefined
  /** Returns the last part of a table's stream ARN; undefined until the table exists. */
  streamLabel(logicalId: string): string | undefined
}

export function pseudoParameters(environment: Environment): Record<string, string> {
  const { region, accountId, stackName } = environment
  return {
    'AWS::AccountId': accountId,
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': arn(environment, 'cloudformation', `stack/${stackName}/local`),
    'AWS::StackName': stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  }
}

/** The property that names a resource, by type. The default name is the logical id. */
export const nameProperties: Readonly<Record<string, string>> = {
  'AWS::AppSync::DataSource': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::Cognito::UserPoolGroup': 'GroupName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
}

export interface Named {
  readonly logicalId: string
  readonly type: string
  readonly name: string
}

/**
 * Returns the value of `Ref` (no attribute) or `Fn::GetAtt` for a resource; undefined if the value
 * does not exist.
 */
export function attributeOf(
  resource: Named,
  attribute: string | undefined,
  environment: Environment,
): string | undefined {
  const found = attributes(resource, environment)[resource.type]?.[attribute ?? 'Ref']
  if (found) return found()
  return attribute === undefined ? resource.name : undefined
}

type Attributes = Record<string, Record<string, () => string | undefined>>

function attributes({ logicalId, name }: Named, environment: Environment): Attributes {
  const { graphqlUrl, realtimeUrl } = environment
  const table = {
    Arn: () => arn(environment, 'dynamodb', `table/${name}`),
    StreamArn: () => {
      const label = environment.streamLabel(logicalId)
      return label && arn(environment, 'dynamodb', `table/${name}/stream/${label}`)
    },
  }
  const apiId = () => idOf(logicalId, 26)
  const apiArn = () => arn(environment, 'appsync', `apis/${apiId()}`)
  const policyArn = () => `arn:aws:iam::${environment.accountId}:policy/${name}`
  const roleArn = () => `arn:aws:iam::${environment.accountId}:role/${name}`
  const queueUrl = () =>
    `https://sqs.${environment.region}.amazonaws.com/${environment.accountId}/${name}`
  const topicArn = () => arn(environment, 'sns', name)
  const userPoolId = () => `${environment.region}_${idOf(logicalId, 9)}`
  const clientId = () => idOf(logicalId, 26)
  return {
    'AWS::DynamoDB::GlobalTable': table,
    'AWS::DynamoDB::Table': table,
    'AWS::Lambda::Function': { Arn: () => arn(environment, 'lambda', `function:${name}`) },
    'AWS::AppSync::GraphQLApi': {
      Ref: apiArn,
      Arn: apiArn,
      ApiId: apiId,
      GraphQLUrl: () => graphqlUrl,
      GraphQLDns: () => new URL(graphqlUrl).host,
      RealtimeUrl: () => realtimeUrl,
      RealtimeDns: () => new URL(realtimeUrl).host,
    },
    'AWS::AppSync::ApiKey': { ApiKey: () => environment.apiKey(logicalId) },
    'AWS::AppSync::DataSource': { Name: () => name },
    'AWS::Cognito::UserPool': {
      Ref: userPoolId,
      Arn: () => arn(environment, 'cognito-idp', `userpool/${userPoolId()}`),
      ProviderName: () => `cognito-idp.${environment.region}.amazonaws.com/${userPoolId()}`,
      // On AWS, this is Cognito's address. Libraries find the keys of a pool there.
      ProviderURL: () => new URL(`/${userPoolId()}`, graphqlUrl).href,
      UserPoolId: userPoolId,
    },
    'AWS::Cognito::UserPoolClient': { Ref: clientId, ClientId: clientId, Name: () => name },
    'AWS::IAM::ManagedPolicy': { Ref: policyArn, PolicyArn: policyArn },
    'AWS::IAM::Role': { Arn: roleArn },
    'AWS::Events::EventBus': {
      Arn: () => arn(environment, 'events', `event-bus/${name}`),
      Name: () => name,
    },
    'AWS::Events::Rule': { Arn: () => arn(environment, 'events', `rule/${name}`) },
    'AWS::SQS::Queue': {
      Ref: queueUrl,
      Arn: () => arn(environment, 'sqs', name),
      QueueName: () => name,
      QueueUrl: queueUrl,
    },
    'AWS::SNS::Topic': { Ref: topicArn, TopicArn: topicArn, TopicName: () => name },
    'AWS::Logs::LogGroup': { Arn: () => arn(environment, 'logs', `log-group:${name}:*`) },
    'AWS::CloudWatch::Alarm': { Arn: () => arn(environment, 'cloudwatch', `alarm:${name}`) },
  }
}

/** Returns an id of lower-case letters and digits, which is the same at every start. */
function idOf(logicalId: string, length: number): string {
  const digest = createHash('sha256').update(logicalId).digest('hex')
  return BigInt(`0x${digest}`).toString(36).padStart(26, '0').slice(0, length)
}

function arn({ region, accountId }: Environment, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`
}
