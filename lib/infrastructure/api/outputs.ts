import { CfnOutput } from 'aws-cdk-lib'
import type { GraphqlApi } from 'aws-cdk-lib/aws-appsync'
import type { Construct } from 'constructs'
import type { OwnUsers } from '../auth/index.ts'
import type { Stage } from '../stage.ts'
import { apiResource } from './api-logs.ts'

/** Adds the outputs that clients need. Everyone who may describe the stack reads them. */
export function addOutputs(
  scope: Construct,
  api: GraphqlApi,
  { users, stage }: { readonly users: OwnUsers | undefined; readonly stage: Stage },
): void {
  const { apiId, apiKey, graphqlUrl } = api
  new CfnOutput(scope, 'GraphqlUrl', { value: graphqlUrl })
  new CfnOutput(scope, 'RealtimeUrl', { value: apiResource(api).attrRealtimeUrl })
  new CfnOutput(scope, 'ApiId', { value: apiId })
  if (apiKey !== undefined && !stage.isProtected) {
    new CfnOutput(scope, 'ApiKey', { value: apiKey })
  }
  if (!users) return
  new CfnOutput(scope, 'UserPoolId', { value: users.userPool.userPoolId })
  new CfnOutput(scope, 'UserPoolClientId', { value: users.client.userPoolClientId })
  new CfnOutput(scope, 'Issuer', { value: users.issuer })
}
