/** What is needed of a WebSocket: that of browsers, of Node.js 22, and of the package `ws` have it. */
export interface Socket {
  send(data: string): void
  close(): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
}

export type SocketConstructor = new (url: string, protocols: string[]) => Socket

/** @throws Error where the platform has none */
export function platformSocket(): SocketConstructor {
  const found: unknown = Reflect.get(globalThis, 'WebSocket')
  if (isConstructor(found)) return found
  throw new Error('There is no WebSocket here: give appSyncTransport one, such as that of `ws`')
}

function isConstructor(value: unknown): value is SocketConstructor {
  return typeof value === 'function'
}
