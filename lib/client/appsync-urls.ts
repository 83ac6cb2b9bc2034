const API = /^([^.]+)\.appsync-api\.(.+)$/

/** Where an AppSync API tells of events, by where it answers queries. */
export function realtimeUrlOf(graphqlUrl: string): string {
  const { protocol, host } = new URL(graphqlUrl)
  const [, id, rest] = API.exec(host) ?? []
  if (id && rest) return `wss://${id}.appsync-realtime-api.${rest}/graphql`
  // That of a custom domain, and of the local run.
  return `${protocol === 'http:' ? 'ws' : 'wss'}://${host}/graphql/realtime`
}
