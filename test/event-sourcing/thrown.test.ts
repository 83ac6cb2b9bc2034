import { inspect } from 'node:util'
import { errorDetails } from '../../lib/appsync/log.ts'
import {
  describeThrown,
  EventRejected,
  InvalidArgument,
  Misuse,
  StoreUnavailable,
} from '../../lib/event-sourcing/index.ts'

class Refused extends Error {
  override get message(): string {
    throw new Error('a getter')
  }
}

const hidden = new Proxy(
  {},
  {
    get() {
      throw new Error('a trap')
    },
    ownKeys() {
      throw new Error('a trap')
    },
  },
)

test.each([
  ['a text', 'out of stock', { name: 'string', message: 'out of stock' }],
  ['undefined', undefined, { name: 'undefined', message: 'undefined' }],
  ['null', null, { name: 'null', message: 'null' }],
  ['a number', 42, { name: 'number', message: '42' }],
  ['a symbol', Symbol('no'), { name: 'symbol', message: 'Symbol(no)' }],
  ['an object', { why: { so: 1 } }, { name: 'object', message: '{ why: { so: 1 } }' }],
  ['an object like an error', { message: 'like it' }, { name: 'object', message: 'like it' }],
  ['an error', new RangeError('too far'), { name: 'RangeError', message: 'too far' }],
  ['an error without a message', new Error(), { message: 'The error has no message' }],
  [
    'an error whose getter throws',
    new Refused(),
    { name: 'Error', message: 'The error has no readable message' },
  ],
  [
    'an AggregateError',
    new AggregateError([new Error('one'), 'two']),
    { name: 'AggregateError', message: 'one; two' },
  ],
  ['a proxy whose traps throw', hidden, { name: 'object' }],
])('%s is described', (_, thrown, description) => {
  expect(describeThrown(thrown)).toMatchObject(description)
  expect(typeof errorDetails(thrown).name).toBe('string')
})

test('an error names the file and line that threw it', () => {
  expect(describeThrown(new Error('here')).at).toMatch(
    /test\/event-sourcing\/thrown\.test\.ts:\d+:\d+$/,
  )
  const library = [
    'Error: x',
    '    at run (/app/node_modules/zod/index.js:1:2)',
    '    at file:///app/lib/a.ts:3:4',
  ]
  expect(describeThrown({ stack: library.join('\n') }).at).toBe('file:///app/lib/a.ts:3:4')
})

test('a log entry has all errors of an AggregateError, and the causes of each', () => {
  const cause = new Error('cause')
  const error = new AggregateError([new TypeError('one', { cause }), 'two'], 'several')
  expect(errorDetails(error)).toMatchObject({
    name: 'AggregateError',
    errors: [{ name: 'TypeError', cause: { name: 'Error' } }, { name: 'string' }],
  })
})

test('a log entry has no message that may contain payload, in whichever form it is thrown', () => {
  const named = Object.assign(new Error('PAYLOAD'), { name: 'a PAYLOAD', code: 'the PAYLOAD' })
  const fake = new Error('PAYLOAD\n    at PAYLOAD (file.ts:1:1)')
  const data = { id: 'PAYLOAD', value: 'PAYLOAD', argument: 'limit' }
  const thrown = [
    ...['PAYLOAD', { name: 'PAYLOAD', message: 'PAYLOAD' }, named, fake],
    new InvalidArgument('got PAYLOAD', data, { cause: new Error('PAYLOAD') }),
    new EventRejected('PAYLOAD', { ...data, type: 'PAYLOAD', field: 'PAYLOAD' }),
    new AggregateError([new Error('PAYLOAD')], 'PAYLOAD'),
  ]
  const entries = thrown.map((each) => errorDetails(each))
  expect(inspect(entries, { depth: null })).not.toContain('PAYLOAD')
  expect(entries[4]).toMatchObject({ name: 'InvalidArgument', data: { argument: 'limit' } })
})

test('a log entry has the messages of the framework and of the errors that DynamoDB caused', () => {
  const cause = Object.assign(new Error('not authorized to perform: dynamodb:PutItem'), {
    name: 'AccessDeniedException',
  })
  const error = new StoreUnavailable(
    'DynamoDB did not process it',
    { store: 'Products' },
    { cause },
  )
  expect(errorDetails(error)).toMatchObject({
    message: error.message,
    data: { store: 'Products' },
    cause: { name: 'AccessDeniedException', message: cause.message },
  })
  expect(errorDetails(new Misuse('pass the options to the commit'))).toMatchObject({
    name: 'TypeError',
    message: 'pass the options to the commit',
  })
})

test('an error that causes itself is logged once', () => {
  const error = new Error('loop')
  error.cause = error
  expect(errorDetails(error)).not.toHaveProperty('cause')
})

test.each([
  () => (undefined as unknown as { x: number }).x,
  () => {
    const door: { open(): void } = JSON.parse('{}')
    door.open()
  },
  () => {
    const { x } = null as unknown as { x: number }
    return x
  },
])('a log entry has the message of JavaScript for a mistake in code: %#', (mistake) => {
  let thrown: unknown
  try {
    mistake()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(Error)
  expect(errorDetails(thrown)).toHaveProperty('message', Object(thrown).message)
})

test('a text in front of a known message hides the message', () => {
  for (const message of ['PAYLOAD x is not a function', 'Cannot read properties of PAYLOAD']) {
    expect(errorDetails(new TypeError(message))).not.toHaveProperty('message')
  }
})
