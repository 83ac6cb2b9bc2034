import { apiError, isObject } from './errors.ts'
import type { Transport } from './transport.ts'

/** What is needed of the client that `generateClient` of Amplify 6 gives. */
export interface AmplifyClient {
  /** For a query a promise of its answer; for a subscription what can be subscribed to. */
  graphql(options: { query: string; variables: object }): unknown
  cancel(promise: Promise<unknown>): boolean
}

interface Subscribable {
  subscribe(observer: {
    next(answer: unknown): void
    error(error: unknown): void
    complete(): void
  }): { unsubscribe(): void }
}

/** Over the client of Amplify, which has been configured with the API's URL and key. */
export function amplifyTransport(client: AmplifyClient): Transport {
  return {
    async query<T>(request: { query: string; variables: object }, signal?: AbortSignal) {
      signal?.throwIfAborted()
      const answering = client.graphql(request)
      const cancel = () => answering instanceof Promise && client.cancel(answering)
      signal?.addEventListener('abort', cancel)
      try {
        const answer = await answering
        if (isAnswer<T>(answer)) return answer.data
        throw apiError(answer)
      } catch (error) {
        throw apiError(error)
      } finally {
        signal?.removeEventListener('abort', cancel)
      }
    },

    subscribe(request, observer) {
      const messages = client.graphql(request)
      if (!isSubscribable(messages)) throw new Error('Amplify gave nothing to subscribe to')
      const subscription = messages.subscribe({
        next: (answer) => observer.next(isObject(answer) ? answer.data : undefined),
        error: (error) => observer.error(apiError(error)),
        complete: () => observer.error(new Error('The subscription was completed')),
      })
      return () => subscription.unsubscribe()
    },
  }
}

function isSubscribable(value: unknown): value is Subscribable {
  return isObject(value) && typeof value.subscribe === 'function'
}

/** Whether there is nothing but data. */
function isAnswer<T>(value: unknown): value is { data: T } {
  if (!isObject(value) || !isObject(value.data)) return false
  return !Array.isArray(value.errors) || value.errors.length === 0
}
