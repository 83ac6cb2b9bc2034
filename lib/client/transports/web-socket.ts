/**
 * The part of a WebSocket that the client uses. Browsers, Node.js 22 and the package `ws` have one.
 */
export interface Socket {
  send(data: string): void
  close(): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
}

export type SocketConstructor = new (url: string, protocols: string[]) => Socket

/**
 * Returns the platform's WebSocket.
 * @throws Error if the platform has none
 */
export function platformSocket(): SocketConstructor {
  const found: unknown = Reflect.get(globalThis, 'WebSocket')
  if (isConstructor(found)) return found
  throw new Error(
    'This runtime has no WebSocket: pass webSocket to appSyncTransport, such as that of the package ws',
  )
}

function isConstructor(value: unknown): value is SocketConstructor {
  return typeof value === 'function'
}
