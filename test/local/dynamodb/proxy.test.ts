import { once } from 'node:events'
import { connect } from 'node:net'
import {
  BatchGetItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import type { Access, RolePrincipal } from '../../../lib/local/access/iam.ts'
import {
  type DynamoDBProxy,
  permissionCheck,
  startDynamoDBProxy,
} from '../../../lib/local/dynamodb/proxy/index.ts'
import { NO_FAULTS } from '../../../lib/local/faults/index.ts'
import { withDynamoDB } from '../../support/dynamodb.ts'

const dynamodb = withDynamoDB()
const TableName = `Proxied${process.pid}`
const Item = { id: { S: 'a' } }
const denied: string[] = []
const written: string[] = []
const signer: RolePrincipal = {
  arn: 'arn:aws:sts::000000000000:assumed-role/Role/Function',
  accessKeyId: 'ASIAFUNCTION',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  allows: () => true,
  denial: ({ action, resource }: Access) =>
    denied.includes(action) ? `User is not authorized: ${action} on ${resource}` : undefined,
}
const tables = { arnOf: (name: string) => `arn:${name}`, partitionKey: () => 'id' }
let proxy: DynamoDBProxy
const clients: DynamoDBClient[] = []

function clientOf(credentials: object = {}): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint: proxy.endpoint,
    region: 'us-east-1',
    credentials: { ...signer, ...credentials },
    maxAttempts: 1,
  })
  clients.push(client)
  return client
}

beforeAll(async () => {
  await dynamodb.client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  )
  const principal = (key: string) => (key === signer.accessKeyId ? signer : undefined)
  proxy = await startDynamoDBProxy({
    target: dynamodb.endpoint,
    faults: NO_FAULTS,
    check: permissionCheck(principal, tables),
    onWrite: (tableArn) => written.push(tableArn),
  })
})
afterEach(() => {
  denied.splice(0)
  written.splice(0)
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await proxy.stop()
  await dynamodb.client.send(new DeleteTableCommand({ TableName }))
})

test('permitted calls reach DynamoDB', async () => {
  const client = clientOf()
  const large = { ...Item, text: { S: 'x'.repeat(300_000) } }
  await client.send(new PutItemCommand({ TableName, Item: large }))
  expect((await client.send(new GetItemCommand({ TableName, Key: Item }))).Item).toEqual(large)
})

test('tells of the tables that a request has written to, and of no other', async () => {
  const client = clientOf()
  await client.send(new GetItemCommand({ TableName, Key: Item }))
  await client.send(new ScanCommand({ TableName }))
  expect(written).toEqual([])
  await client.send(new PutItemCommand({ TableName, Item }))
  expect(written).toEqual([`arn:${TableName}`])
  const TransactItems = ['b', 'c'].map((id) => ({ Put: { TableName, Item: { id: { S: id } } } }))
  await client.send(new TransactWriteItemsCommand({ TransactItems }))
  const Statement = `INSERT INTO "${TableName}" VALUE {'id': 'd'}`
  await client.send(new ExecuteStatementCommand({ Statement }))
  expect(written).toEqual(Array.from({ length: 3 }, () => `arn:${TableName}`))
  denied.push('dynamodb:PutItem')
  await expect(client.send(new PutItemCommand({ TableName, Item }))).rejects.toThrow()
  expect(written).toHaveLength(3)
})

test.each<[string, (client: DynamoDBClient) => Promise<unknown>]>([
  ['dynamodb:GetItem', (client) => client.send(new GetItemCommand({ TableName, Key: Item }))],
  ['dynamodb:Scan', (client) => client.send(new ScanCommand({ TableName }))],
  [
    'dynamodb:BatchGetItem',
    (client) =>
      client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Item] } } })),
  ],
  [
    'dynamodb:ConditionCheckItem',
    (client) => {
      const ConditionExpression = 'attribute_exists(id)'
      const TransactItems = [
        { Put: { TableName, Item: { id: { S: 'other' } } } },
        { ConditionCheck: { TableName, Key: Item, ConditionExpression } },
      ]
      return client.send(new TransactWriteItemsCommand({ TransactItems }))
    },
  ],
  [
    'dynamodb:PartiQLSelect',
    (client) =>
      client.send(new ExecuteStatementCommand({ Statement: `SELECT * FROM "${TableName}"` })),
  ],
])('a call without the right %s is an AccessDeniedException', async (action, call) => {
  denied.push(action)
  await expect(call(clientOf())).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `User is not authorized: ${action} on arn:${TableName}`,
    $metadata: { httpStatusCode: 400 },
  })
})

test.each([
  ['an unknown access key', { accessKeyId: 'local' }, 'UnrecognizedClientException'],
  ['the session token of somebody else', { sessionToken: 'x' }, 'UnrecognizedClientException'],
])('%s is rejected', async (_, credentials, name) => {
  const call = clientOf(credentials).send(new GetItemCommand({ TableName, Key: Item }))
  await expect(call).rejects.toMatchObject({ name })
})

test.each([
  ['an unsigned request', {}, 'MissingAuthenticationTokenException'],
  [
    'the API of streams',
    {
      authorization: `AWS4-HMAC-SHA256 Credential=${signer.accessKeyId}/a/b/c/d`,
      'x-amz-security-token': signer.sessionToken,
      'x-amz-target': 'DynamoDBStreams_20120810.ListStreams',
    },
    'UnknownOperationException',
  ],
])('%s is rejected', async (_, headers, name) => {
  const response = await fetch(proxy.endpoint, { method: 'POST', headers, body: '{}' })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    __type: `com.amazon.coral.service#${name}`,
  })
})

test.each([
  ['another method', 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'],
  ['chunks', 'POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n'],
  [
    'a hidden second request',
    'POST / HTTP/1.1\r\na: b\nPOST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n',
  ],
])('HTTP with %s is rejected', async (_, text) => {
  const socket = connect(Number(new URL(proxy.endpoint).port), '127.0.0.1')
  socket.setEncoding('utf8').write(text)
  const [answer] = await once(socket, 'data')
  expect(answer).toMatch(/^HTTP\/1\.1 400 .*SerializationException/s)
  socket.destroy()
})
