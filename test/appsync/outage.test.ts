import { isOutage, isOutageOfAll } from '../../lib/appsync/feed/outage.ts'

const error = new Error('it failed')

test.each([
  ['no answer, or none that is GraphQL', {}],
  ['an internal failure', { status: 500 }],
  ['an API that is being started', { status: 503 }],
  ['throttling', { status: 429, errorType: 'TooManyRequestsException' }],
  ['throttling with another status', { status: 400, errorType: 'ThrottlingException' }],
  ['a quota', { status: 200, errorType: 'LimitExceededException' }],
  ['a caller who is not known', { status: 401, errorType: 'UnauthorizedException' }],
  ['a signature that is not right', { status: 403, errorType: 'InvalidSignatureException' }],
  ['credentials that are over', { status: 400, errorType: 'ExpiredTokenException' }],
  ['an API that is not there', { status: 404 }],
  ['a role that may not publish', { index: 0, status: 200, errorType: 'Unauthorized' }],
  ['time that is over', { index: 3, status: 200, errorType: 'ExecutionTimeout' }],
  ['a failure inside', { index: 3, status: 200, errorType: 'InternalFailure' }],
])('%s is an outage', (_, failure) => {
  expect(isOutage({ ...failure, error })).toBe(true)
})

test.each([
  ['a field that failed', { index: 3, status: 200 }],
  ['a resolver that failed', { index: 0, status: 200, errorType: 'Code' }],
  ['a request that is not valid', { status: 200 }],
  ['too many resolvers', { status: 200, errorType: 'ResolverExecutionLimitReached' }],
  ['a request that is none', { status: 400, errorType: 'MalformedHttpRequestException' }],
  ['a request that is too large', { status: 413 }],
])('%s is the fault of the request or of an event', (_, failure) => {
  expect(isOutage({ ...failure, error })).toBe(false)
})

test('several messages that are each refused as a request are an outage', () => {
  const invalid = { status: 200, error }
  expect(isOutageOfAll([invalid, invalid])).toBe(true)
  expect(isOutageOfAll([invalid, { error }])).toBe(true)
  expect(isOutageOfAll([invalid, { ...invalid, index: 0 }])).toBe(false)
  expect(isOutageOfAll([invalid])).toBe(false)
})
