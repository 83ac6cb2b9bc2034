import { InvalidArgument } from '../../event-sourcing/index.ts'

/** The answer to a subscription, which subscribe.js turns into AppSync's filter. */
export interface Subscribed {
  /** Null: AppSync filters by the arguments alone. */
  readonly filter: Readonly<Record<string, object>> | null
}

/**
 * Returns the filter of a subscription: the owner, and the client's arguments, which can only narrow
 * it. AppSync does not apply arguments itself beside a filter.
 * https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-enhanced-filtering.html
 * @param owner the user whose events alone the subscriber receives. Undefined: all events
 * @throws InvalidArgument for an argument that is null
 */
export function subscriptionTo(owner: string | undefined, args: unknown): Subscribed {
  if (owner === undefined) return { filter: null }
  const given = Object.entries(Object(args)).map(([argument, value]): [string, object] => {
    if (value !== null) return [argument, { eq: value }]
    const message = `${argument} must not be null: leave it out to receive all events`
    throw new InvalidArgument(message, { argument, value })
  })
  return { filter: { ...Object.fromEntries(given), owner: { eq: owner } } }
}
