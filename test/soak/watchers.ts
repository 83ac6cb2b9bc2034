import WebSocket from 'ws'
import {
  type ApiEvent,
  appSyncTransport,
  type EventFeed,
  eventFeed,
} from '../../lib/client/index.ts'
import { eventually } from '../support/eventually.ts'
import type { Outputs } from '../support/local-run.ts'
import type { Histories } from './books.ts'

const POLL = 2000
const LONGEST_PAUSE = 500

type Noted = Pick<ApiEvent, 'number' | 'type'>

const note = ({ number, type }: Noted): Noted => ({ number, type })

/** Watches resources and records each event that arrives. */
export class Watchers {
  readonly #end = new AbortController()
  readonly #feeds: Readonly<Record<'Concert' | 'Booking', EventFeed<ApiEvent>>>
  readonly #seen = new Map<string, Noted[]>()
  readonly #failures: unknown[] = []

  constructor({ graphqlUrl, realtimeUrl, apiKey }: Outputs) {
    const options = { longestPause: LONGEST_PAUSE, webSocket: WebSocket }
    const transport = appSyncTransport({ graphqlUrl, realtimeUrl, apiKey, ...options })
    const feed = (resource: string) =>
      eventFeed<ApiEvent>({
        transport,
        resource,
        fields: [],
        pollInterval: POLL,
        longestPause: LONGEST_PAUSE,
      })
    this.#feeds = { Concert: feed('Concert'), Booking: feed('Booking') }
  }

  watch(resource: 'Concert' | 'Booking', id: string): void {
    const noted: Noted[] = []
    this.#seen.set(id, noted)
    const { signal } = this.#end
    const follow = async () => {
      for await (const event of this.#feeds[resource].watchEvents({ id, signal })) {
        noted.push(note(event))
      }
    }
    follow().catch((error) => this.#failures.push(error))
  }

  /** Waits until every watcher has received every event, each once and in order. */
  async haveSeen(histories: Histories, within: number): Promise<void> {
    for (const [id, events] of histories) {
      const seen = this.#seen.get(id)
      if (!seen) continue
      await eventually(async () => seen.length >= events.length || undefined, within)
      expect({ id, seen }).toEqual({ id, seen: events.map(note) })
    }
    expect(this.#failures).toEqual([])
  }

  get count(): number {
    return this.#seen.size
  }

  stop(): void {
    this.#end.abort()
  }
}
