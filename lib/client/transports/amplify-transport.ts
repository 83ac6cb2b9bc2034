import { apiError, isObject } from '../errors.ts'
import type { GraphQLRequest, Transport } from '../transport.ts'
import { dataOf } from './answer.ts'

/** The part of Amplify 6's client, as `generateClient` returns it, that the transport uses. */
export interface AmplifyClientLike {
  /** Returns a promise of the answer for a query, and a subscribable for a subscription. */
  graphql(options: { query: string; variables: object }): unknown
  cancel(promise: Promise<unknown>): boolean
}

const NOT_SUBSCRIBABLE =
  "The client's graphql() returned no subscribable: pass the client that generateClient returns"

interface Subscribable {
  subscribe(observer: {
    next(answer: unknown): void
    error(error: unknown): void
    complete(): void
  }): { unsubscribe(): void }
}

/**
 * Creates a transport over Amplify's client. Configure the client with the API's URL and key first.
 */
export function amplifyTransport(client: AmplifyClientLike): Transport {
  return {
    async query<T>(request: GraphQLRequest, signal?: AbortSignal) {
      const answer = client.graphql(request)
      // `cancel` accepts only the promise that `graphql` returned.
      const cancel = () => answer instanceof Promise && client.cancel(answer)
      signal?.addEventListener('abort', cancel)
      try {
        return dataOf<T>(await answer)
      } catch (error) {
        throw apiError(error)
      } finally {
        signal?.removeEventListener('abort', cancel)
      }
    },

    subscribe(request, observer) {
      const messages = client.graphql(request)
      if (!isSubscribable(messages)) throw new Error(NOT_SUBSCRIBABLE)
      const subscription = messages.subscribe({
        next: (answer) => observer.next(isObject(answer) ? answer.data : undefined),
        error: (error) => observer.error(apiError(error)),
        complete: () => observer.error(new Error('The server completed the subscription')),
      })
      return () => subscription.unsubscribe()
    },
  }
}

function isSubscribable(value: unknown): value is Subscribable {
  return isObject(value) && typeof value.subscribe === 'function'
}
