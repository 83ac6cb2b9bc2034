/** A GraphQL document and its variables. */
export interface GraphQLRequest {
  readonly query: string
  readonly variables: object
}

/** What a subscription tells. Nothing comes after `error`, or after it was ended. */
export interface SubscriptionObserver {
  /** A message: its `data`. */
  next(data: unknown): void
  error(error: unknown): void
  /**
   * From now on messages come: called when the subscription has begun, and each time that it has
   * begun again after the connection was lost.
   */
  started?(): void
  /** The connection was lost, and will be made again: until `started`, no message comes. */
  lost?(error: unknown): void
}

/**
 * The way to the API: all that differs between Apollo, Amplify and a plain WebSocket.
 */
export interface Transport {
  /**
   * True where observers are told `started`. Then the first question waits for it; else the
   * subscription is taken to begin at once, and a question a little later finds what fell between.
   */
  readonly tellsStart?: boolean
  /**
   * Answers with the data.
   * @throws ApiError, best, for an answer with errors; anything else is taken to be worth a retry
   */
  query<T>(request: GraphQLRequest, signal?: AbortSignal): Promise<T>
  /** Gives the function that ends the subscription. */
  subscribe(request: GraphQLRequest, observer: SubscriptionObserver): () => void
}
