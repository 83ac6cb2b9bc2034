import { apiError } from './errors.ts'
import type { Transport } from './transport.ts'

interface Observer {
  next(answer: { data?: unknown }): void
  error(error: unknown): void
  complete(): void
}

/** What is needed of an ApolloClient, version 3 or 4. `D` is its type of a parsed document. */
export interface ApolloClient<D> {
  query(options: {
    query: D
    variables: object
    fetchPolicy: 'no-cache'
    context: { fetchOptions: { signal: AbortSignal | undefined } }
  }): Promise<{ data?: unknown; error?: unknown; errors?: unknown }>
  subscribe(options: { query: D; variables: object; fetchPolicy: 'no-cache' }): {
    subscribe(observer: Observer): { unsubscribe(): void }
  }
}

/**
 * Over an ApolloClient, whose link has to speak AppSync's protocol: that of the package
 * `aws-appsync-subscription-link` does.
 * @param gql that of Apollo: it parses documents
 */
export function apolloTransport<D>(client: ApolloClient<D>, gql: (text: string) => D): Transport {
  return {
    async query<T>(
      { query, variables }: { query: string; variables: object },
      signal?: AbortSignal,
    ) {
      const answer = await client
        .query({
          query: gql(query),
          variables,
          // A cache would answer with the past.
          fetchPolicy: 'no-cache',
          context: { fetchOptions: { signal } },
        })
        .catch((error: unknown) => {
          throw apiError(error)
        })
      if (isAnswer<T>(answer)) return answer.data
      throw apiError(answer)
    },

    subscribe({ query, variables }, observer) {
      const subscription = client
        .subscribe({ query: gql(query), variables, fetchPolicy: 'no-cache' })
        .subscribe({
          next: ({ data }) => observer.next(data),
          error: (error) => observer.error(apiError(error)),
          complete: () => observer.error(new Error('The subscription was completed')),
        })
      return () => subscription.unsubscribe()
    },
  }
}

/** Whether there is nothing but data. */
function isAnswer<T>(answer: {
  data?: unknown
  error?: unknown
  errors?: unknown
}): answer is { data: T } {
  return Boolean(answer.data) && !answer.error && !answer.errors
}
