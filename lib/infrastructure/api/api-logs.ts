import { RemovalPolicy } from 'aws-cdk-lib'
import { CfnGraphQLApi, type GraphqlApi } from 'aws-cdk-lib/aws-appsync'
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { acknowledge, managedPolicy } from '../acknowledge.ts'

/** The API's log of requests. Keeps entries for one month. */
export class ApiLogs extends Construct {
  /** @param logsPayloads whether the log contains failed fields, with the messages of errors */
  constructor(scope: Construct, id: string, api: GraphqlApi, logsPayloads: boolean) {
    super(scope, id)
    const policy = 'service-role/AWSAppSyncPushToCloudWatchLogs'
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('appsync.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(policy)],
    })
    acknowledge(role, managedPolicy(policy), 'The managed policy only lets AppSync write logs')
    // The construct's logConfig would add a custom resource with another function.
    apiResource(api).logConfig = {
      cloudWatchLogsRoleArn: role.roleArn,
      // Otherwise, the log of each request has its headers, its query and the values in them.
      excludeVerboseContent: true,
      // ERROR logs the errors of answers, whose messages contain values of inputs.
      // https://docs.aws.amazon.com/appsync/latest/APIReference/API_LogConfig.html
      fieldLogLevel: logsPayloads ? 'ERROR' : 'NONE',
    }
    acknowledge(api, 'AwsSolutions-ASC3', 'Requests are logged, without headers and contents')
    new LogGroup(this, 'Group', {
      logGroupName: `/aws/appsync/apis/${api.apiId}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
  }
}

/** Returns the CloudFormation resource of the construct, for settings that the construct lacks. */
export function apiResource(api: GraphqlApi): CfnGraphQLApi {
  const resource = api.node.defaultChild
  if (resource instanceof CfnGraphQLApi) return resource
  throw new Error(`${api.node.path} is not a GraphQL API`)
}
