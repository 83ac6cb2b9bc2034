import WebSocket from 'ws'

/**
 * Makes Apollo's link use the WebSocket of the package `ws`, because Node.js 20 has none. Returns
 * the open and closed sockets, so that a test can cut them.
 */
export function knownSockets(): WebSocket[] {
  const sockets: WebSocket[] = []
  class Known extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      sockets.push(this)
    }
  }
  // The link leaves a timer for each connection, which would keep the tests running.
  const start = globalThis.setTimeout
  const unref = (...args: Parameters<typeof start>) => start(...args).unref()
  Object.assign(globalThis, { WebSocket: Known, setTimeout: unref })
  return sockets
}
