import type { Caller } from './callers.ts'
import { faultOfText } from './judge.ts'
import type { Scene } from './scene.ts'
import { Socket } from './socket.ts'

const SHOWN = '{ id number type owner actor productId commandId quantity reason }'
const PRODUCTS = 'subscription { onProductEvent { id type owner actor reference commandId } }'

/** Subscriptions that stay open during the attack, by which nobody may learn of Alice's orders. */
export class Watchers {
  readonly #sockets: readonly Socket[]
  readonly #alice: Socket

  private constructor(sockets: readonly Socket[], alice: Socket) {
    this.#sockets = sockets
    this.#alice = alice
  }

  /** Subscribes as each attacker in all ways that could widen the filter, and as Alice. */
  static async start(scene: Scene): Promise<Watchers> {
    const [order = ''] = scene.orders
    const watched = async (caller: Caller) => {
      const socket = await Socket.open(scene.run, caller)
      const ways = [
        `subscription { onOrderEvent ${SHOWN} }`,
        `subscription { onOrderEvent(id: "${order}") ${SHOWN} }`,
        `subscription { onOrderEvent(id: "${order.toUpperCase()}") ${SHOWN} }`,
        `subscription { onOrderEvent(type: "OrderPlaced") ${SHOWN} }`,
        `subscription { onOrderEvent(id: null) ${SHOWN} }`,
        `subscription ($id: ID, $type: String) { onOrderEvent(id: $id, type: $type) ${SHOWN} }`,
        PRODUCTS,
      ]
      for (const [at, query] of ways.entries()) {
        if (socket.isClosed) break
        await socket.subscribe(`way-${at}`, query, { id: order })
      }
      return socket
    }
    const sockets = await Promise.all(scene.attackers.map(watched))
    return new Watchers(sockets, await watched(scene.alice))
  }

  /** Returns how many of Alice's secrets she received herself. */
  aliceReceived({ secrets }: Scene): number {
    const all = this.#alice.texts.join('\n')
    return secrets.filter((secret) => all.includes(secret)).length
  }

  /** Returns the faults of what attackers received. */
  faults(scene: Scene): readonly string[] {
    return this.#sockets.flatMap(({ texts }) =>
      texts.flatMap((text) => {
        // Their own commandIds may contain an id that they have sent.
        const order = scene.orders.find((id) => text.toLowerCase().includes(`"id":"${id}"`))
        const fault = order === undefined ? faultOfText(scene, '', text) : `the order ${order}`
        return fault === undefined ? [] : [`${fault}: ${text}`]
      }),
    )
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sockets, this.#alice].map((socket) => socket.close()))
  }
}
