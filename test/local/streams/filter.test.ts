import { compileFilters } from '../../../lib/local/streams/filter.ts'

const record = {
  eventName: 'INSERT',
  dynamodb: { NewImage: { type: { S: 'Counted' }, tags: { SS: ['a', 'b'] } }, SizeBytes: 20 },
}

test.each([
  [{ eventName: ['INSERT', 'MODIFY'] }, true],
  [{ eventName: ['REMOVE'] }, false],
  [{ dynamodb: { NewImage: { type: { S: [{ prefix: 'Count' }] } } } }, true],
  [{ dynamodb: { NewImage: { type: { S: [{ suffix: 'Count' }] } } } }, false],
  [{ dynamodb: { NewImage: { type: { S: [{ 'equals-ignore-case': 'counted' }] } } } }, true],
  [{ dynamodb: { NewImage: { type: { S: [{ 'anything-but': ['Counted'] }] } } } }, false],
  [{ dynamodb: { NewImage: { type: { S: [{ 'anything-but': { prefix: 'X' } }] } } } }, true],
  [{ dynamodb: { OldImage: [{ exists: false }] } }, true],
  [{ dynamodb: { OldImage: { id: { S: [{ exists: true }] } } } }, false],
  [{ dynamodb: { SizeBytes: [{ numeric: ['>', 10, '<=', 20] }] } }, true],
  [{ dynamodb: { NewImage: { tags: { SS: ['b'] } } } }, true],
  [{ $or: [{ eventName: ['REMOVE'] }, { dynamodb: { SizeBytes: [20] } }] }, true],
])('the pattern %j passes the record: %s', (pattern, passes) => {
  expect(compileFilters([JSON.stringify(pattern)])(record)).toBe(passes)
})

test('a record that matches any of several patterns passes', () => {
  const patterns = [{ eventName: ['REMOVE'] }, { eventName: ['INSERT'] }]
  expect(compileFilters(patterns.map((pattern) => JSON.stringify(pattern)))(record)).toBe(true)
})

test('an unknown operator is rejected', () => {
  expect(() => compileFilters(['{"eventName": [{"wildcard": "I*"}]}'])).toThrow(
    'the operator wildcard is not supported locally',
  )
})
