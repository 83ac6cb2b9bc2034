import { isOutage, isOutageOfAll } from '../../lib/appsync/feed/outage.ts'

const error = new Error('it failed')

test.each([
  ['a missing answer or an answer without GraphQL', {}],
  ['an internal failure', { status: 500 }],
  ['an API that is starting', { status: 503 }],
  ['throttling', { status: 429, errorType: 'TooManyRequestsException' }],
  ['throttling with another status', { status: 400, errorType: 'ThrottlingException' }],
  ['a quota', { status: 200, errorType: 'LimitExceededException' }],
  ['an unknown caller', { status: 401, errorType: 'UnauthorizedException' }],
  ['an invalid signature', { status: 403, errorType: 'InvalidSignatureException' }],
  ['expired credentials', { status: 400, errorType: 'ExpiredTokenException' }],
  ['a missing API', { status: 404 }],
  ['a role without permission to publish', { index: 0, status: 200, errorType: 'Unauthorized' }],
  ['a timeout', { index: 3, status: 200, errorType: 'ExecutionTimeout' }],
  ['an internal failure of a resolver', { index: 3, status: 200, errorType: 'InternalFailure' }],
])('%s is an outage', (_, failure) => {
  expect(isOutage({ ...failure, error })).toBe(true)
})

test.each([
  ['a failed field', { index: 3, status: 200 }],
  ['a failed resolver', { index: 0, status: 200, errorType: 'Code' }],
  ['an invalid request', { status: 200 }],
  ['too many resolvers', { status: 200, errorType: 'ResolverExecutionLimitReached' }],
  ['a malformed request', { status: 400, errorType: 'MalformedHttpRequestException' }],
  ['a request that is too large', { status: 413 }],
])('%s is a fault of the request or an event', (_, failure) => {
  expect(isOutage({ ...failure, error })).toBe(false)
})

test('several messages that are each rejected as a request are an outage', () => {
  const invalid = { status: 200, error }
  expect(isOutageOfAll([invalid, invalid])).toBe(true)
  expect(isOutageOfAll([invalid, { error }])).toBe(true)
  expect(isOutageOfAll([invalid, { ...invalid, index: 0 }])).toBe(false)
  expect(isOutageOfAll([invalid])).toBe(false)
})
