import WebSocket from 'ws'
import { appSyncTransport, eventFeed } from '../../client/index.ts'
import type { ApiEvent } from '../api/resources.ts'
import { eventsOf, PRODUCT, reserve, restock } from '../api/resources.ts'
import { expectEqual } from '../expectations.ts'
import { eventually, type ProductPromise } from '../promise.ts'

export const watcher: ProductPromise = {
  name: 'a watcher misses nothing, in order',
  sentence:
    'watchEvents of lib/client yields each event once and in order, also after cut connections.',
  async check(given) {
    const { api, deployment, signal } = given
    const sockets: WebSocket[] = []
    class CuttableSocket extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols)
        sockets.push(this)
      }
    }
    const { graphqlUrl, realtimeUrl } = deployment
    const products = eventFeed<ApiEvent>({
      transport: appSyncTransport({
        ...{ graphqlUrl, realtimeUrl, auth: api.auth, webSocket: CuttableSocket },
        longestPause: 2000,
      }),
      resource: 'Product',
      fields: ['amount', 'quantity', 'commandId', 'traceId'],
    })
    const { id } = await restock(api, { amount: 50 })
    const yielded: ApiEvent[] = []
    const watching = (async () => {
      for await (const event of products.watchEvents({ id, signal })) yielded.push(event)
    })()
    const arrived = (count: number) =>
      eventually(given, `event ${count} at the watcher`, async () =>
        yielded.length >= count
          ? { answer: undefined }
          : { seen: yielded.map(({ number }) => number) },
      )
    const cut = () => {
      for (const socket of sockets) socket.terminate()
    }
    await Promise.race([watching, arrived(1)])
    let count = 1
    for (let round = 1; round <= 2; round += 1) {
      await reserve(api, { id })
      await arrived(count + 1)
      cut()
      // The events of the time without a connection.
      await reserve(api, { id })
      await restock(api, { id, amount: round })
      await arrived(count + 3)
      count += 3
    }
    const events = await eventsOf(given, PRODUCT, id)
    const numbers = yielded.map(({ number }) => number)
    expectEqual(
      'the numbers at the watcher',
      numbers,
      events.map(({ number }) => number),
    )
    for (const [index, event] of events.entries()) {
      const { reference: _, ...rest } = { ...event }
      expectEqual(`event ${event.number} at the watcher`, { ...rest, ...yielded[index] }, rest)
    }
  },
}
