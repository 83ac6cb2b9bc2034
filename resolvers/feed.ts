// `domain-resources` stands for the classes of all domains' resources: the bundler of the function
// puts them in (see lib/infrastructure/domains.ts).
import * as resources from 'domain-resources'
import { feedHandler, feedsOf, functionSigner, signedPublisher } from '../lib/appsync/index.ts'

/** The streams of all tables → publish mutations → subscriptions, for every domain. */
export const handler = feedHandler(
  feedsOf(process.env.FEEDS),
  signedPublisher(functionSigner(process.env.GRAPHQL_URL)),
  resources,
)
