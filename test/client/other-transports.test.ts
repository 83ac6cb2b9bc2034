import {
  amplifyTransport,
  apolloTransport,
  type SubscriptionObserver,
  type Transport,
} from '../../lib/client/index.ts'

const ERRORS = [
  {
    errorType: 'InvalidId',
    message: 'An id must be a UUID',
    errorInfo: { id: 'x' },
    path: ['concert'],
  },
]

const UNAUTHORIZED = { name: 'UnauthorizedException' }
const REFUSED = [{ errorType: UNAUTHORIZED.name, message: 'You are not authorized' }]
const INVALID = [
  { path: null, locations: [{ line: 1, column: 9 }], message: 'Validation error of type …' },
]

/** A fake client of another library. Records its requests. */
class Client {
  answer: () => Promise<unknown> = async () => ({ data: { thing: { id: 'a' } } })
  readonly given: unknown[] = []
  readonly cancelled: unknown[] = []
  observer: (SubscriptionObserver & { complete(): void }) | undefined
  unsubscribed = 0

  subscribe = (observer: SubscriptionObserver & { complete(): void }) => {
    this.observer = observer
    return {
      unsubscribe: () => {
        this.unsubscribed += 1
      },
    }
  }
}

const apollo = (client: Client): Transport =>
  apolloTransport(
    {
      query: (options) => {
        client.given.push(options)
        return client.answer()
      },
      subscribe: (options) => {
        client.given.push(options)
        return client
      },
    },
    (text) => ({ parsed: text }),
  )

const amplify = (client: Client): Transport =>
  amplifyTransport({
    graphql: (options) => {
      client.given.push(options)
      return options.query.startsWith('subscription') ? client : client.answer()
    },
    cancel: (promise) => client.cancelled.push(promise) > 0,
  })

const libraries: [string, (client: Client) => Transport][] = [
  ['Apollo', apollo],
  ['Amplify', amplify],
]

describe.each(libraries)('over %s', (_, over) => {
  const query = { query: 'query { thing { id } }', variables: { id: 'a' } }
  const subscription = { query: 'subscription { onThingEvent { id } }', variables: {} }

  test('a query returns the data', async () => {
    expect(await over(new Client()).query(query)).toEqual({ thing: { id: 'a' } })
  })

  test.each([[{ data: null }], [{}], [null]])(
    'the answer %p is thrown as an error',
    async (answer) => {
      const client = new Client()
      client.answer = async () => answer
      await expect(over(client).query(query)).rejects.toMatchObject({
        name: 'ApiError',
        code: 'Unknown',
      })
    },
  )

  test.each([
    ['thrown as an answer', () => Promise.reject({ data: null, errors: ERRORS })],
    ['thrown as an error of Apollo 3', () => Promise.reject(withField('graphQLErrors'))],
    ['thrown as an error of Apollo 4', () => Promise.reject(withField('errors'))],
    ['returned beside the data', async () => ({ data: { thing: null }, errors: ERRORS })],
    [
      'returned as a single error',
      async () => ({ data: { thing: null }, error: withField('errors') }),
    ],
  ])('an API error keeps its code and data: %s', async (__, answer) => {
    const client = new Client()
    client.answer = answer
    const error = { name: 'ApiError', code: 'InvalidId', data: { id: 'x' } }
    await expect(over(client).query(query)).rejects.toMatchObject(error)
  })

  test.each([
    ['thrown as an answer', () => Promise.reject({ data: null, errors: INVALID })],
    ['thrown as an error', () => Promise.reject(withField('errors', INVALID))],
  ])('a validation error has a code, even though AppSync sends none: %s', async (__, answer) => {
    const client = new Client()
    client.answer = answer
    await expect(over(client).query(query)).rejects.toMatchObject({ code: 'ValidationError' })
  })

  test.each([
    ['from Apollo 4', { statusCode: 401, bodyText: JSON.stringify({ errors: REFUSED }) }],
    ['from Apollo 3', { networkError: { statusCode: 401, result: { errors: REFUSED } } }],
    ['from Amplify', { errors: [{ message: 'Unauthorized', originalError: UNAUTHORIZED }] }],
  ])('a rejected request has its code: %s', async (__, failure) => {
    const client = new Client()
    client.answer = () => Promise.reject(failure)
    const error = { name: 'ApiError', code: UNAUTHORIZED.name }
    await expect(over(client).query(query)).rejects.toMatchObject(error)
  })

  test('a request that is rejected outside of GraphQL has its HTTP status', async () => {
    const client = new Client()
    client.answer = () => Promise.reject({ statusCode: 502, bodyText: '<html>' })
    await expect(over(client).query(query)).rejects.toMatchObject({ code: 'Http502' })
  })

  test('a network error is passed on unchanged', async () => {
    const client = new Client()
    const failure = new TypeError('fetch failed')
    client.answer = () => Promise.reject(failure)
    await expect(over(client).query(query)).rejects.toBe(failure)
  })

  test('messages and errors reach the observer, and the observer can unsubscribe', () => {
    const client = new Client()
    const told: unknown[] = []
    const end = over(client).subscribe(subscription, {
      next: (data) => told.push(data),
      error: (error) => told.push(error),
    })
    client.observer?.next({ data: { onThingEvent: { id: 'a' } } })
    client.observer?.error({ errors: ERRORS })
    client.observer?.complete()
    expect(told).toMatchObject([
      { onThingEvent: { id: 'a' } },
      { code: 'InvalidId' },
      new Error('The server completed the subscription'),
    ])
    end()
    expect(client.unsubscribed).toBe(1)
  })
})

test('a broken subscription that Apollo 4 reports in a message causes an error', () => {
  const client = new Client()
  const told: unknown[] = []
  apollo(client).subscribe(
    { query: 'subscription { x }', variables: {} },
    { next: (data) => told.push(data), error: (error) => told.push(error) },
  )
  client.observer?.next({ data: undefined, error: withField('errors') })
  expect(told).toMatchObject([{ code: 'InvalidId' }])
})

test('Apollo bypasses its cache and receives the signal of a query', async () => {
  const client = new Client()
  const { signal } = new AbortController()
  await apollo(client).query({ query: 'query { x }', variables: {} }, signal)
  expect(client.given).toMatchObject([
    {
      query: { parsed: 'query { x }' },
      fetchPolicy: 'no-cache',
      context: { fetchOptions: { signal } },
    },
  ])
})

test('an aborted query is cancelled in Amplify', async () => {
  const client = new Client()
  let finish = () => {}
  const answer = new Promise<unknown>((resolve) => {
    finish = () => resolve({ data: {} })
  })
  client.answer = () => answer
  const controller = new AbortController()
  const asked = amplify(client).query({ query: 'query { x }', variables: {} }, controller.signal)
  controller.abort()
  expect(client.cancelled).toEqual([answer])
  finish()
  await asked
})

function withField(name: 'errors' | 'graphQLErrors', errors: object[] = ERRORS): Error {
  return Object.assign(new Error('An id must be a UUID'), { [name]: errors })
}
