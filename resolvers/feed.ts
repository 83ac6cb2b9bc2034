import { feedHandler, feedsOf, functionSigner, signedPublisher } from '../lib/appsync/index.ts'

/** The streams of all tables → publish mutations → subscriptions, for every domain. */
export const handler = feedHandler(
  feedsOf(process.env.FEEDS),
  signedPublisher(functionSigner(process.env.GRAPHQL_URL)),
)
