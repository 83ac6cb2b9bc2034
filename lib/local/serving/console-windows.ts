import type { RenderOptions } from 'altair-static'
import type { ApiDefinition } from '../appsync/api-definition.ts'

/** A query that the console offers in its own window. */
export interface Starter {
  readonly title: string
  readonly query: string
  readonly variables?: object
}

/** Returns the windows of the console, with the token of a user or with the API's key. */
export function consoleWindows(
  api: ApiDefinition,
  graphqlUrl: string,
  starters: readonly Starter[],
  token: string | undefined,
): RenderOptions {
  const key = api.apiKeys[0]?.key
  // The settings that Altair's handler for AppSync reads, named as in Amplify's aws-exports file.
  const subscription = {
    aws_appsync_graphqlEndpoint: graphqlUrl,
    aws_appsync_region: api.region,
    aws_appsync_authenticationType: token ? 'AMAZON_COGNITO_USER_POOLS' : 'API_KEY',
    ...(token ? { aws_appsync_jwtToken: token } : { aws_appsync_apiKey: key ?? '' }),
  }
  const window = {
    endpointURL: graphqlUrl,
    subscriptionsEndpoint: graphqlUrl,
    initialHeaders: headersOf(key, token),
    initialSubscriptionRequestHandlerId: 'app-sync',
    initialSubscriptionsPayload: subscription,
  } as const
  return {
    ...window,
    initialWindows: starters.map(({ title, query, variables }) => ({
      ...window,
      initialName: title,
      initialQuery: query,
      initialVariables: JSON.stringify(variables ?? {}, null, 2),
    })),
    // The browser may hold an earlier run's state, with an old address and an old key.
    preserveState: false,
    instanceStorageNamespace: `${api.name}-${new URL(graphqlUrl).port}-`,
    initialSettings: {
      'alert.disableUpdateNotification': true,
      'banners.disable': true,
      disablePushNotification: true,
      'schema.reloadOnStart': true,
    },
  }
}

function headersOf(key: string | undefined, token: string | undefined): Record<string, string> {
  if (token) return { Authorization: token }
  return key ? { 'x-api-key': key } : {}
}
