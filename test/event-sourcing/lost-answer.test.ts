import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bind, dynamoDBEventStore, OutcomeUnknown } from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { clientFor } from '../support/client.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { refusal } from '../support/refusal.ts'

const dynamodb = withDynamoDB()
let proxy: Server
let cuts: number
let puts: number

// Passes everything on to DynamoDB, and cuts the connection instead of answering a put.
beforeEach(async () => {
  puts = 0
  proxy = createServer(async (request, response) => {
    const body: Buffer[] = []
    for await (const chunk of request) body.push(chunk)
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name)
        ? [[name, value]]
        : [],
    )
    const answer = await fetch(dynamodb.endpoint, {
      method: 'POST',
      headers,
      body: Buffer.concat(body),
    })
    const text = await answer.text()
    const isPut = String(request.headers['x-amz-target']).endsWith('.PutItem')
    puts += isPut ? 1 : 0
    if (isPut && puts <= cuts) request.socket.destroy()
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  proxy.closeAllConnections()
  await new Promise((resolve) => proxy.close(resolve))
})

async function bindThroughProxy(maxAttempts: number): Promise<void> {
  const { port } = proxy.address() as AddressInfo
  const client = clientFor(`http://127.0.0.1:${port}`, { maxAttempts })
  bind(Product, dynamoDBEventStore({ tableName: await dynamodb.newTable(), client }))
}

test('a put whose answer was lost is recognised as our own, and is no conflict', async () => {
  cuts = 1
  await bindThroughProxy(3)
  const product = new Product()
  await product.restock(1)
  expect(puts).toBe(2)
  expect(product.version).toBe(1)
  expect(await product.events()).toHaveLength(1)
})

test('where no answer comes at all it is OutcomeUnknown, with the id to look for', async () => {
  cuts = Number.POSITIVE_INFINITY
  await bindThroughProxy(2)
  const product = new Product()
  const { data } = await refusal(product.restock(1), OutcomeUnknown)
  expect(product.version).toBe(0)
  const [event] = await product.events()
  expect(data).toEqual({ id: product.id, number: 1, commandId: event?.meta?.commandId })
})
