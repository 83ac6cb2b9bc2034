import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client'
import { type AuthOptions, createAuthLink } from 'aws-appsync-auth-link'
import { createSubscriptionHandshakeLink } from 'aws-appsync-subscription-link'

/** Returns Apollo's client with AppSync's links. */
export function apolloClient(url: string, auth: AuthOptions): ApolloClient {
  const config = { url, region: 'us-east-1', auth }
  // The packages declare the links of Apollo's CommonJS types, which TypeScript does not accept as
  // ESM types.
  const links: unknown = [createAuthLink(config), createSubscriptionHandshakeLink(config)]
  const link = ApolloLink.from(links as ApolloLink[])
  const defaultOptions = { query: { fetchPolicy: 'no-cache' } } as const
  return new ApolloClient({ link, cache: new InMemoryCache(), defaultOptions })
}
