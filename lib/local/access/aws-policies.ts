import type { JsonObject } from '../json.ts'

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']
const STREAMS = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
]

/**
 * The rights of AWS's own policies for functions and data sources, by the name in their ARN. All of
 * them are for every resource. Those for logs, traces and networks have no effect here.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  AdministratorAccess: ['*'],
  AmazonDynamoDBFullAccess: ['dynamodb:*'],
  AmazonDynamoDBFullAccess_v2: ['dynamodb:*'],
  AmazonDynamoDBReadOnlyAccess: [
    'dynamodb:BatchGetItem',
    'dynamodb:Describe*',
    'dynamodb:GetAbacStatus',
    'dynamodb:GetItem',
    'dynamodb:GetResourcePolicy',
    'dynamodb:List*',
    'dynamodb:PartiQLSelect',
    'dynamodb:Query',
    'dynamodb:Scan',
  ],
  AmazonSQSFullAccess: ['sqs:*'],
  AWSAppSyncInvokeFullAccess: ['appsync:GraphQL', 'appsync:GetGraphqlApi'],
  AWSLambdaExecute: LOGS,
  'AWSLambdaInvocation-DynamoDB': ['lambda:InvokeFunction', ...STREAMS],
  AWSLambda_FullAccess: ['lambda:*'],
  AWSXRayDaemonWriteAccess: ['xray:*'],
  CloudWatchLambdaInsightsExecutionRolePolicy: LOGS,
  'service-role/AWSAppSyncPushToCloudWatchLogs': LOGS,
  'service-role/AWSLambdaBasicExecutionRole': LOGS,
  'service-role/AWSLambdaDynamoDBExecutionRole': [...STREAMS, ...LOGS],
  'service-role/AWSLambdaRole': ['lambda:InvokeFunction'],
  'service-role/AWSLambdaSQSQueueExecutionRole': [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    ...LOGS,
  ],
  'service-role/AWSLambdaVPCAccessExecutionRole': LOGS,
}

/** Returns the document of one of AWS's own policies; undefined if the local run lacks it. */
export function awsPolicy(arn: string): JsonObject | undefined {
  const [, name = ''] = /^arn:aws[\w-]*:iam::aws:policy\/(.+)$/.exec(arn) ?? []
  const Action = RIGHTS[name]
  return (
    Action && {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
    }
  )
}
