import type { GraphqlApi } from 'aws-cdk-lib/aws-appsync'
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2'
import { Construct, type Node } from 'constructs'

/** The context that turns the limit on: `-c rateLimit=1000`. */
const CONTEXT = 'rateLimit'
/** The limits that WAF supports. */
const LOWEST = 10
const HIGHEST = 2_000_000_000
/** Seconds. */
const WINDOW = 300

/**
 * Returns the requests that one address may send within five minutes. Undefined: the context sets no
 * limit.
 * @throws Error for a value that is not a whole number in WAF's range
 */
export function rateLimitOf(node: Node): number | undefined {
  const value: unknown = node.tryGetContext(CONTEXT)
  if (value === undefined) return undefined
  const limit = Number(value)
  if (/^\d+$/.test(`${value}`) && limit >= LOWEST && limit <= HIGHEST) return limit
  throw new Error(
    `${CONTEXT} must be a number of requests in five minutes from ${LOWEST} to ${HIGHEST}; got ${value}: use -c ${CONTEXT}=1000`,
  )
}

/**
 * Blocks an address that sends too many requests. Signed requests do not count: AppSync rejects one
 * with a wrong signature before any resolver runs, and the feed sends many. A request with an API key
 * counts even if it also claims to be signed.
 */
export class RateLimit extends Construct {
  constructor(scope: Construct, id: string, api: GraphqlApi, limit: number) {
    super(scope, id)
    const visibilityConfig = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      metricName,
      sampledRequestsEnabled: false,
    })
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visibilityConfig('Requests'),
      rules: [
        {
          name: 'RateOfAddress',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          visibilityConfig: visibilityConfig('RateOfAddress'),
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit,
              evaluationWindowSec: WINDOW,
              scopeDownStatement: {
                orStatement: {
                  statements: [{ notStatement: { statement: isSigned() } }, hasKey()],
                },
              },
            },
          },
        },
      ],
    })
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: api.arn,
      webAclArn: acl.attrArn,
    })
  }
}

type Statement = CfnWebACL.StatementProperty

function isSigned(): Statement {
  return {
    byteMatchStatement: {
      fieldToMatch: { singleHeader: { Name: 'authorization' } },
      positionalConstraint: 'STARTS_WITH',
      searchString: 'AWS4-HMAC-SHA256',
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  }
}

/** A header that the request lacks matches no constraint. */
function hasKey(): Statement {
  return {
    sizeConstraintStatement: {
      fieldToMatch: { singleHeader: { Name: 'x-api-key' } },
      comparisonOperator: 'GT',
      size: 0,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  }
}
