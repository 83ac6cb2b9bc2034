import type { ApiServer, Listen } from './api-server.ts'
import { listen as listenAsAppSync } from './appsync/index.ts'
import { starters } from './starters.ts'

/** Listens for an API that is handed over once the functions behind it are there. */
export const listen: Listen = async ({ port, log }): Promise<ApiServer> => {
  let served: Parameters<ApiServer['serve']>[0] | undefined
  const server = await listenAsAppSync({
    port,
    log: ({ api, level, ...message }) =>
      log({ function: api, timestamp: new Date().toISOString(), level, message }),
    principal: (accessKeyId) => served?.principal(accessKeyId),
    segment: (document) => served?.trace(document),
  })
  const { graphqlUrl, realtimeUrl, consoleUrl } = server
  return {
    graphqlUrl,
    realtimeUrl,
    consoleUrl,
    serve(api) {
      served = api
      server.serve(api.api, { starters: starters(api.api) })
    },
    stop: () => server.close(),
  }
}
