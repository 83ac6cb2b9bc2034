// Stands in for AppSync, in its own process: accepts every publish request.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { say, taskText } from './parent.ts'

taskText()
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const aliases = `${Buffer.concat(chunks)}`.matchAll(/\b(e\d+): /g)
  const data = Object.fromEntries([...aliases].map(([, alias]) => [alias, { id: 'published' }]))
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }))
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  say(`http://127.0.0.1:${port}/graphql`)
})
