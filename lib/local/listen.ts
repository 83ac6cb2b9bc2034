import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ApiServer, ServedApi } from './api-server.ts'

// Stand-in until lib/local/appsync is there: runs the field's function without its script.
export async function listen({ port }: { readonly port: number }): Promise<ApiServer> {
  let served: ServedApi | undefined
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { query = '', variables = {} } = JSON.parse(body || '{}')
    const field = /\b(counts?|announce)\(/.exec(query)?.[1]
    const resolver = served?.api.resolvers.find(({ fieldName }) => fieldName === field)
    const source = resolver?.dataSource
    const id = /id: "([^"]*)"/.exec(query)?.[1]
    const data =
      source?.type === 'AWS_LAMBDA'
        ? await source.function.invoke({ field, id })
        : { status: 'ok', payload: variables.count }
    response.end(
      JSON.stringify({ data: { [field ?? '']: 'payload' in data ? data.payload : null } }),
    )
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const actual = typeof address === 'object' && address ? address.port : 0
  return {
    graphqlUrl: `http://localhost:${actual}/graphql`,
    realtimeUrl: `ws://localhost:${actual}/graphql/realtime`,
    consoleUrl: `http://localhost:${actual}/`,
    serve: (api) => {
      served = api
    },
    async stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
