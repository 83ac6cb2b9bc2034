import { dataOf } from './answer.ts'
import { apiError } from './errors.ts'
import type { GraphQLRequest, Transport } from './transport.ts'

/** What is needed of an `ApolloClient`, version 3 or 4. `D` is its type of a parsed document. */
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
 * Over an ApolloClient, whose link has to speak AppSync's protocol: that of the package
 * `aws-appsync-subscription-link` does.
 * @param gql that of Apollo: it parses documents
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
          // A cache would answer with the past.
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
          // Version 4 tells here, too, that the subscription broke.
          next: ({ data, error }) =>
            error && !data ? observer.error(apiError(error)) : observer.next(data),
          error: (error) => observer.error(apiError(error)),
          complete: () => observer.error(new Error('The subscription was completed')),
        })
      return () => subscription.unsubscribe()
    },
  }
}
