const API = /^([^.]+)\.appsync-api\.(.+)$/

/** Returns the real-time URL of an AppSync API, from the URL of its queries. */
export function realtimeUrlOf(graphqlUrl: string): string {
  const { protocol, host } = new URL(graphqlUrl)
  const [, id, rest] = API.exec(host) ?? []
  if (id && rest) return `wss://${id}.appsync-realtime-api.${rest}/graphql`
  // A custom domain and the local run share this path.
  return `${protocol === 'http:' ? 'ws' : 'wss'}://${host}/graphql/realtime`
}
