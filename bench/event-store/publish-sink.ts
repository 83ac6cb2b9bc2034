// Stands in for AppSync, in its own process: accepts every publish request.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { say, taskText } from './parent.ts'

taskText()
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { query } = JSON.parse(`${Buffer.concat(chunks)}`)
  // The name of each field, or its alias.
  const keys = `${query}`.matchAll(/^ *(\w+)[:(]/gm)
  const data = Object.fromEntries([...keys].slice(1).map(([, key]) => [key, { id: 'published' }]))
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }))
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  say(`http://127.0.0.1:${port}/graphql`)
})
