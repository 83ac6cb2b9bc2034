/** A GraphQL document and its variables. */
export interface GraphQLRequest {
  readonly query: string
  readonly variables: object
}

/**
 * Receives the messages of a subscription. Receives nothing after `error`, or after the
 * subscription was ended.
 */
export interface SubscriptionObserver {
  /** Receives the `data` of a message. */
  next(data: unknown): void
  error(error: unknown): void
  /**
   * Messages arrive from now on. Called when the subscription has started, and each time that it
   * has started again after a lost connection.
   */
  started?(): void
  /** The connection was lost and will be renewed. No message arrives until `started`. */
  lost?(error: unknown): void
}

/**
 * The connection to the API. Hides the differences between Apollo, Amplify and a plain WebSocket.
 */
export interface Transport {
  /**
   * True if the transport calls `started`. The first query then waits for it. Otherwise the
   * subscription counts as started at once, and a query shortly after finds the events in between.
   */
  readonly tellsStart?: boolean
  /**
   * Sends a query and returns its data.
   * @throws ApiError, if possible, for an answer with errors. Errors of other types are retried.
   */
  query<T>(request: GraphQLRequest, signal?: AbortSignal): Promise<T>
  /** Starts a subscription. Returns the function that ends it. */
  subscribe(request: GraphQLRequest, observer: SubscriptionObserver): () => void
}
