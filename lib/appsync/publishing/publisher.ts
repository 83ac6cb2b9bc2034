import type { StoredEvent } from '../../event-sourcing/index.ts'
import {
  type Batch,
  type BatchReactor,
  currentHistory,
  TakeInFailed,
} from '../../event-sourcing/reactions/index.ts'
import { log } from '../log.ts'
import type { Origin } from './cloud-event.ts'
import { fittingCount, type Outgoing, outgoing } from './entries.ts'
import type { PutEvents } from './event-bus.ts'

export interface PublisherOptions extends Target, Pick<BatchReactor, 'of' | 'begins'> {
  /** The reactor's name, for log entries. */
  readonly name: string
}

interface Target {
  readonly origin: Origin
  /** The name or the ARN of the bus. */
  readonly bus: string
  /** The event types to publish. Default: all. */
  readonly types?: readonly string[] | undefined
  readonly put: PutEvents
}

/**
 * The time after which a run in a long history ends, and the next one continues. In milliseconds,
 * well below a reactor's `patience`.
 */
const LONG_RUN = 4000

/**
 * Returns the reactor that publishes the events of a resource type to an event bus: each event at
 * least once, those of a resource in order.
 */
export function publisher({ name, of, begins, ...target }: PublisherOptions): BatchReactor {
  return {
    of,
    begins,
    takeIn: (batch) => new Run(name, target, batch).publish(of),
  }
}

/** The publication of a resource's new events. */
class Run {
  readonly #name: string
  readonly #target: Target
  readonly #batch: Batch
  readonly #until = performance.now() + LONG_RUN
  /** The number of the last event that is published or left out. */
  #passed: number
  #kept: number

  constructor(name: string, target: Target, batch: Batch) {
    this.#name = name
    this.#target = target
    this.#batch = batch
    this.#passed = batch.after
    this.#kept = batch.after
  }

  /** @returns the number of the newest event, or of the last one after a long run */
  async publish(of: BatchReactor['of']): Promise<number> {
    const { id, after } = this.#batch
    try {
      for await (const events of currentHistory(of, id, after)) {
        await this.#page(events)
        if (this.#isLong) return this.#passed
      }
    } catch (error) {
      // The runner continues after the last number that is kept.
      await this.#keep()
      throw error
    }
    return this.#passed
  }

  async #page(events: readonly StoredEvent[]): Promise<void> {
    const { types } = this.#target
    const chosen = types ? events.filter(({ type }) => types.includes(type)) : events
    const waiting: Outgoing[] = []
    for (const event of chosen) {
      try {
        waiting.push(this.#outgoing(event))
      } catch (error) {
        // The events before it are published first.
        await this.#send(waiting)
        throw new TakeInFailed(event, error)
      }
    }
    await this.#send(waiting)
    if (!this.#isLong) this.#passed = events.at(-1)?.number ?? this.#passed
  }

  /** Sends events, request by request, until the run is long. */
  async #send(waiting: readonly Outgoing[]): Promise<void> {
    const { put } = this.#target
    /** The most events of a request. One after a request that was rejected as a whole. */
    let most = waiting.length
    for (let first = 0; first < waiting.length; ) {
      await this.#keep()
      const count = Math.min(most, fittingCount(waiting.slice(first)))
      const some = waiting.slice(first, first + count)
      const outcome = await put(
        some.map(({ entry }) => entry),
        this.#batch.signal,
      )
      const accepted = some.slice(0, outcome.accepted)
      for (const { event } of accepted) this.#published(event)
      first += accepted.length
      const failed = waiting[first]
      if (outcome.failure && failed) {
        // One of the events may be the cause, and AWS does not tell which.
        if (outcome.isRejected && count > 1) most = 1
        else throw new TakeInFailed(failed.event, outcome.failure)
      }
      if (this.#isLong) return
    }
  }

  #outgoing(event: StoredEvent): Outgoing {
    const { origin, bus } = this.#target
    return outgoing(event, origin, bus)
  }

  #published({ id, number, type, meta: { traceId } }: StoredEvent): void {
    this.#passed = number
    log('info', 'publish', { reactor: this.#name, id, number, type, traceId })
  }

  async #keep(): Promise<void> {
    if (this.#passed === this.#kept) return
    this.#kept = this.#passed
    await this.#batch.keep(this.#passed)
  }

  get #isLong(): boolean {
    return performance.now() > this.#until && this.#passed > this.#batch.after
  }
}
