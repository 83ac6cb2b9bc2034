import type { GraphqlApi } from 'aws-cdk-lib/aws-appsync'
import { CfnSamplingRule } from 'aws-cdk-lib/aws-xray'
import type { Construct } from 'constructs'
import type { Stage } from '../stage.ts'

/**
 * Sets the share of traced requests, because the default of AWS drops most traces. The logs contain
 * every request.
 */
export function addSampling(scope: Construct, { arn }: GraphqlApi, { sampling }: Stage): void {
  new CfnSamplingRule(scope, 'Sampling', {
    samplingRule: {
      ruleName: scope.node.path.replaceAll(/[^A-Za-z0-9]/g, '-').slice(-32),
      version: 1,
      priority: 100,
      fixedRate: sampling,
      reservoirSize: 10,
      resourceArn: arn,
      serviceName: '*',
      serviceType: '*',
      host: '*',
      httpMethod: '*',
      urlPath: '*',
    },
  })
}
