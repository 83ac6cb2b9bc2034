import { functionSigner } from '../signed-request.ts'
import { feedHandler, type ResourceClasses } from './feed.ts'
import type { Feed } from './feeds.ts'
import { signedPublisher } from './publisher.ts'

export interface FeedParts {
  readonly feeds: readonly Feed[]
  /** The classes with a feed, from the index files of all domains. */
  readonly resources: ResourceClasses
}

/**
 * Returns the handler of the feed function: the streams of all tables → publish mutations →
 * subscriptions. Synth generates the function's entry.
 */
export function handlerOf({ feeds, resources }: FeedParts) {
  const publish = signedPublisher(functionSigner(process.env.GRAPHQL_URL))
  return feedHandler(feeds, publish, resources)
}
