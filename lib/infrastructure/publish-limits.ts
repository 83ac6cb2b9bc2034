import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync'
import { MOST_MESSAGES } from '../appsync/index.ts'

/** What AppSync lets one request run where the API sets no limit (0 or nothing). */
const MOST_RESOLVERS = 10_000
/** `mutation { publishProductEvent { id } }` */
const DEPTH_OF_A_PUBLISH = 2

/** The limits of an API within which the feed cannot publish, one sentence each. */
export function publishLimitErrors({
  resolverCountLimit,
  queryDepthLimit,
}: Pick<CfnGraphQLApi, 'resolverCountLimit' | 'queryDepthLimit'>): string[] {
  const errors: string[] = []
  if ((resolverCountLimit || MOST_RESOLVERS) < MOST_MESSAGES) {
    errors.push(
      `The API's resolverCountLimit is ${resolverCountLimit}, but the feed publishes up to ${MOST_MESSAGES} events in one request: let it be ${MOST_MESSAGES} at least`,
    )
  }
  if (queryDepthLimit && queryDepthLimit < DEPTH_OF_A_PUBLISH) {
    errors.push(
      `The API's queryDepthLimit is ${queryDepthLimit}, but the feed's mutations are ${DEPTH_OF_A_PUBLISH} deep: let it be ${DEPTH_OF_A_PUBLISH} at least`,
    )
  }
  return errors
}
