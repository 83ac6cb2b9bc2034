import WebSocket from 'ws'
import {
  type ApiEvent,
  appSyncTransport,
  type EventFeed,
  eventFeed,
  isApiError,
  type Transport,
} from '../../lib/client/index.ts'
import { eventually } from '../support/eventually.ts'
import type { Outputs } from '../support/local-run.ts'
import type { ShortTokens } from '../support/short-tokens.ts'

const POLL = 2000
const LONGEST_PAUSE = 500
/** The most orders with a subscription of their own. Further orders share one. */
const SHARED_FROM = 5
const ALL = 'subscription { onOrderEvent { id number type owner } }'

export interface OwnedEvent extends ApiEvent {
  readonly owner: string
}

/** An event, as a watcher compares it. */
export type Noted = Pick<OwnedEvent, 'number' | 'type' | 'owner'>

const note = ({ number, type, owner }: Noted): Noted => ({ number, type, owner })

/** Watches the orders of a user with the user's tokens, each alone and all in one subscription. */
export class OwnerWatcher {
  /** The messages of the subscription for all orders. Faults may lose or repeat messages. */
  readonly all: OwnedEvent[] = []
  readonly #end = new AbortController()
  readonly #feed: EventFeed<OwnedEvent>
  readonly #seen = new Map<string, Noted[]>()
  readonly #failures: unknown[] = []
  readonly #unsubscribe: () => void

  constructor({ graphqlUrl, realtimeUrl }: Outputs, tokens: ShortTokens) {
    const options = { longestPause: LONGEST_PAUSE, webSocket: WebSocket }
    const auth = { token: tokens.current }
    const transport = appSyncTransport({ graphqlUrl, realtimeUrl, auth, ...options })
    this.#feed = eventFeed<OwnedEvent>({
      transport,
      resource: 'Order',
      fields: ['owner'],
      sharedFrom: SHARED_FROM,
      pollInterval: POLL,
      longestPause: LONGEST_PAUSE,
    })
    this.#unsubscribe = this.#watchAll(transport)
  }

  /** Subscribes to all orders. Only a feed repeats a start that fails, so this does it itself. */
  #watchAll(transport: Transport): () => void {
    let retry: NodeJS.Timeout | undefined
    let unsubscribe = () => {}
    const subscribe = () => {
      unsubscribe = transport.subscribe(
        { query: ALL, variables: {} },
        {
          next: (data) => {
            const { onOrderEvent }: { onOrderEvent: OwnedEvent } = JSON.parse(JSON.stringify(data))
            this.all.push(onOrderEvent)
          },
          error: (error) => {
            const isFault = isApiError(error) && error.code === 'InternalError'
            if (isFault) retry = setTimeout(subscribe, LONGEST_PAUSE)
            else this.#failures.push(error)
          },
        },
      )
    }
    subscribe()
    return () => {
      clearTimeout(retry)
      unsubscribe()
    }
  }

  watch(id: string): void {
    const noted: Noted[] = []
    this.#seen.set(id, noted)
    const follow = async () => {
      for await (const event of this.#feed.watchEvents({ id, signal: this.#end.signal })) {
        noted.push(note(event))
      }
    }
    follow().catch((error) => this.#failures.push(error))
  }

  /** Watches an order of somebody else until the API ends it. Returns the error. */
  async refusal(id: string): Promise<unknown> {
    try {
      for await (const event of this.#feed.watchEvents({ id })) return event
      return undefined
    } catch (error) {
      return error
    }
  }

  /** Waits until each order's watcher has received exactly these events, in order. */
  async haveSeen(histories: ReadonlyMap<string, readonly Noted[]>, within: number): Promise<void> {
    expect([...this.#seen.keys()].toSorted()).toEqual([...histories.keys()].toSorted())
    for (const [id, events] of histories) {
      const seen = this.#seen.get(id) ?? []
      const isOver = () => seen.length >= events.length || this.#failures.length > 0
      await eventually(async () => isOver() || undefined, within)
      expect(this.#failures).toEqual([])
      expect({ id, seen }).toEqual({ id, seen: events.map(note) })
    }
  }

  stop(): void {
    this.#end.abort()
    this.#unsubscribe()
  }
}
