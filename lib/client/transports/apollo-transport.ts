import { apiError } from '../errors.ts'
import type { GraphQLRequest, Transport } from '../transport.ts'
import { dataOf } from './answer.ts'

/**
 * The part of an `ApolloClient`, version 3 or 4, that the transport uses. `D` is its type of a
 * parsed document.
 */
export interface ApolloClientLike<D> {
  query(options: {
    query: D
    variables: object
    fetchPolicy: 'no-cache'
    context: { fetchOptions: { signal?: AbortSignal } }
  }): Promise<unknown>
  subscribe(options: { query: D; variables: object; fetchPolicy: 'no-cache' }): {
    subscribe(observer: {
      next(answer: { data?: unknown; error?: unknown }): void
      error(error: unknown): void
      complete(): void
    }): { unsubscribe(): void }
  }
}

/**
 * Creates a transport over an ApolloClient. The client's link must speak AppSync's protocol, as the
 * link of the package `aws-appsync-subscription-link` does.
 * @param gql Apollo's `gql`, which parses documents
 */
export function apolloTransport<D>(
  client: ApolloClientLike<D>,
  gql: (text: string) => D,
): Transport {
  return {
    async query<T>({ query, variables }: GraphQLRequest, signal?: AbortSignal) {
      try {
        const answer = await client.query({
          query: gql(query),
          variables,
          // A cached answer could be outdated.
          fetchPolicy: 'no-cache',
          context: { fetchOptions: signal ? { signal } : {} },
        })
        return dataOf<T>(answer)
      } catch (error) {
        throw apiError(error)
      }
    },

    subscribe({ query, variables }, observer) {
      const subscription = client
        .subscribe({ query: gql(query), variables, fetchPolicy: 'no-cache' })
        .subscribe({
          // Version 4 also reports a broken subscription here.
          next: ({ data, error }) =>
            error && !data ? observer.error(apiError(error)) : observer.next(data),
          error: (error) => observer.error(apiError(error)),
          complete: () => observer.error(new Error('The server completed the subscription')),
        })
      return () => subscription.unsubscribe()
    },
  }
}
