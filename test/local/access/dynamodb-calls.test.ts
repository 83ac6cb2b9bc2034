import { accessesOf } from '../../../lib/local/access/dynamodb/calls.ts'
import type { UnknownObject } from '../../../lib/local/json.ts'

const tables = {
  arnOf: (table: string) => `arn:${table}`,
  partitionKey: (_: string, index?: string) => (index === undefined ? 'id' : 'owner'),
}
const key = (id: string) => ({ id: { S: id }, number: { N: '1' } })

const needed = (operation: string, input: UnknownObject) =>
  accessesOf(operation, input, tables).map(({ action, resource }) => `${action} ${resource}`)

test.each<[string, UnknownObject, string[]]>([
  ['GetItem', { TableName: 'A', Key: key('a') }, ['dynamodb:GetItem arn:A']],
  ['Query', { TableName: 'A', IndexName: 'due' }, ['dynamodb:Query arn:A/index/due']],
  ['ListTables', {}, ['dynamodb:ListTables *']],
  ['DescribeTable', { TableName: 'A' }, ['dynamodb:DescribeTable arn:A']],
  ['TagResource', { ResourceArn: 'arn:A' }, ['dynamodb:TagResource arn:A']],
  [
    'TransactWriteItems',
    {
      TransactItems: [
        { Put: { TableName: 'A', Item: key('a') } },
        { Update: { TableName: 'B', Key: key('a') } },
        { Delete: { TableName: 'C', Key: key('a') } },
        { ConditionCheck: { TableName: 'D', Key: key('a') } },
      ],
    },
    [
      'dynamodb:PutItem arn:A',
      'dynamodb:UpdateItem arn:B',
      'dynamodb:DeleteItem arn:C',
      'dynamodb:ConditionCheckItem arn:D',
    ],
  ],
  [
    'TransactGetItems',
    { TransactItems: [{ Get: { TableName: 'A' } }, { Get: { TableName: 'B' } }] },
    ['dynamodb:GetItem arn:A', 'dynamodb:GetItem arn:B'],
  ],
  [
    'BatchGetItem',
    { RequestItems: { A: { Keys: [key('a')] }, B: { Keys: [] } } },
    ['dynamodb:BatchGetItem arn:A', 'dynamodb:BatchGetItem arn:B'],
  ],
  [
    'BatchWriteItem',
    { RequestItems: { A: [{ PutRequest: { Item: key('a') } }] } },
    ['dynamodb:BatchWriteItem arn:A'],
  ],
  [
    'ExecuteStatement',
    { Statement: `SELECT "x FROM Other" FROM "A"."due" WHERE note = ' FROM "B"'` },
    ['dynamodb:PartiQLSelect arn:A/index/due'],
  ],
  [
    'BatchExecuteStatement',
    {
      Statements: [{ Statement: 'delete from A where id=?' }, { Statement: 'UPDATE "B" SET a=1' }],
    },
    ['dynamodb:PartiQLDelete arn:A', 'dynamodb:PartiQLUpdate arn:B'],
  ],
  [
    'ExecuteTransaction',
    {
      TransactStatements: [
        { Statement: `INSERT INTO "A" VALUE {'id': 'a'}` },
        { Statement: 'EXISTS(SELECT * FROM "B" WHERE id = ?)' },
      ],
    },
    ['dynamodb:PartiQLInsert arn:A', 'dynamodb:PartiQLSelect arn:B'],
  ],
  ['ExecuteStatement', { Statement: 'nonsense' }, ['dynamodb:PartiQLSelect *']],
])('%s with %j needs %j', (operation, input, accesses) => {
  expect(needed(operation, input)).toEqual(accesses)
})

const contextOf = (operation: string, input: UnknownObject) =>
  accessesOf(operation, input, tables)[0]?.context?.()

test.each<[string, UnknownObject, string[] | undefined]>([
  ['PutItem', { TableName: 'A', Item: key('a') }, ['a']],
  ['GetItem', { TableName: 'A', Key: key('a') }, ['a']],
  ['BatchGetItem', { RequestItems: { A: { Keys: [key('a'), key('b')] } } }, ['a', 'b']],
  [
    'BatchWriteItem',
    {
      RequestItems: {
        A: [{ PutRequest: { Item: key('a') } }, { DeleteRequest: { Key: key('b') } }],
      },
    },
    ['a', 'b'],
  ],
  [
    'Query',
    {
      TableName: 'A',
      KeyConditionExpression: '#number > :after AND #id = :id',
      ExpressionAttributeNames: { '#id': 'id', '#number': 'number' },
      ExpressionAttributeValues: { ':id': { S: 'a' }, ':after': { N: '1' } },
    },
    ['a'],
  ],
  [
    'Query',
    {
      TableName: 'A',
      IndexName: 'byOwner',
      KeyConditionExpression: ':owner=owner',
      ExpressionAttributeValues: { ':owner': { S: 'me' } },
    },
    ['me'],
  ],
  ['Query', { TableName: 'A', KeyConditions: { id: { AttributeValueList: [{ S: 'a' }] } } }, ['a']],
  ['Scan', { TableName: 'A' }, undefined],
  [
    'ExecuteStatement',
    {
      Statement: 'SELECT * FROM A WHERE note = ? AND id IN [?, ?]',
      Parameters: [{ S: 'n' }, { S: 'a' }, { S: 'b' }],
    },
    ['a', 'b'],
  ],
  ['ExecuteStatement', { Statement: `INSERT INTO A VALUE {'id': 'a', 'note': 'b'}` }, ['a']],
  ['ExecuteStatement', { Statement: `SELECT * FROM A WHERE id = 'a' OR note = 'b'` }, undefined],
])('the leading keys of %s with %j are %j', (operation, input, keys) => {
  expect(contextOf(operation, input)?.['dynamodb:LeadingKeys']).toEqual(keys)
})

test('the attributes of a request are those of its items and expressions', () => {
  const { 'dynamodb:Attributes': attributes = [] } =
    contextOf('UpdateItem', {
      TableName: 'A',
      Key: key('a'),
      UpdateExpression: 'SET #note.inner[0] = if_not_exists(text, :text) REMOVE old',
      ConditionExpression: 'attribute_not_exists(locked) AND size(tags) < :most',
      ExpressionAttributeNames: { '#note': 'note' },
    }) ?? {}
  expect([...attributes].sort()).toEqual(['id', 'locked', 'note', 'number', 'old', 'tags', 'text'])
})

test('a read selects all attributes, or those of its projection', () => {
  const select = (input: UnknownObject) => contextOf('Query', input)?.['dynamodb:Select']
  expect(select({ TableName: 'A' })).toBe('ALL_ATTRIBUTES')
  expect(select({ TableName: 'A', IndexName: 'due' })).toBe('ALL_PROJECTED_ATTRIBUTES')
  expect(select({ TableName: 'A', ProjectionExpression: 'id' })).toBe('SPECIFIC_ATTRIBUTES')
  expect(select({ TableName: 'A', Select: 'COUNT' })).toBe('COUNT')
})
