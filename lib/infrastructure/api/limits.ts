import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync'
import { MOST_MESSAGES } from '../../appsync/index.ts'

/**
 * The resolvers that one request may run. A document can repeat a field under a thousand aliases.
 * The feed needs one for each event of a request.
 */
export const MOST_RESOLVERS = MOST_MESSAGES

/** The depth of queries: a resource's page, its items and three levels of objects in them. */
const DEEPEST_QUERY = 10
/** The depth of the standard introspection query of GraphQL.js 16. */
const DEEPEST_INTROSPECTION = 15

/** Returns the depth limit of queries. Admits the introspection query if clients may send it. */
export function deepestQuery(introspection: boolean): number {
  return introspection ? DEEPEST_INTROSPECTION : DEEPEST_QUERY
}

/** AppSync's limit of resolvers per request, if the API sets no limit (0 or undefined). */
const UNLIMITED = 10_000
/** The depth of `mutation { publishProductEvent { id } }`. */
const DEPTH_OF_A_PUBLISH = 2

/** Returns the limits of an API that are too low for the feed, one sentence each. */
export function publishLimitErrors({
  resolverCountLimit,
  queryDepthLimit,
}: Pick<CfnGraphQLApi, 'resolverCountLimit' | 'queryDepthLimit'>): string[] {
  const errors: string[] = []
  if ((resolverCountLimit || UNLIMITED) < MOST_MESSAGES) {
    errors.push(
      `The API's resolverCountLimit is ${resolverCountLimit}, but the feed publishes up to ${MOST_MESSAGES} events in one request: set it to at least ${MOST_MESSAGES}`,
    )
  }
  if (queryDepthLimit && queryDepthLimit < DEPTH_OF_A_PUBLISH) {
    errors.push(
      `The API's queryDepthLimit is ${queryDepthLimit}, but the feed's mutations are ${DEPTH_OF_A_PUBLISH} deep: set it to at least ${DEPTH_OF_A_PUBLISH}`,
    )
  }
  return errors
}
