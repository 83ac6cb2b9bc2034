import { feedHandler, type ResourceClasses } from './feed.ts'
import type { Feed } from './feeds.ts'
import { signedPublisher } from './publisher.ts'
import { functionSigner } from './signed-request.ts'

export interface FeedParts {
  readonly feeds: readonly Feed[]
  /** Of each domain's index, the classes with a feed. */
  readonly resources: ResourceClasses
}

/**
 * Makes the handler of the feed function: the streams of all tables → publish mutations →
 * subscriptions. Its entry is generated at synth.
 */
export function handlerOf({ feeds, resources }: FeedParts) {
  const publish = signedPublisher(functionSigner(process.env.GRAPHQL_URL))
  return feedHandler(feeds, publish, resources)
}
