import { EventRejected, InvalidArgument } from '../errors.ts'
import { deadline } from '../runtime/time-left.ts'
import { type Checkpoint, dueNow, isBehind, rewound, skipping } from './checkpoints/checkpoint.ts'
import type { CheckpointStore } from './checkpoints/checkpoint-store.ts'
import { pausing, type ReactorRecord, resuming } from './checkpoints/reactor-record.ts'
import { checkNoTimer, checkOperation } from './operation-arguments.ts'
import { isAsleep } from './wakes/timers.ts'

/**
 * The event to change is not parked: the resource is not parked, or is parked at another event.
 * Data: `reactor`, `id`, `parked`.
 */
export class NotParked extends EventRejected {
  override readonly code = 'NotParked'
}

/** The progress of a reactor, over the resources counted so far. */
export interface Progress {
  readonly reactor: string
  readonly resources: number
  /** The number of resources with known events, or due wake-ups, that are not handled yet. */
  readonly behind: number
  readonly parked: number
  /** The number of wake-ups that are not due yet. 0 for a reactor itself: its wake-ups are apart. */
  readonly waiting: number
  /** The date of the first of them, as ISO 8601. Absent: none waits. */
  readonly next?: string
  /** Since when the reactor is paused, as ISO 8601. Absent: it runs. */
  readonly paused?: string
  /** The resource after which the count continues. Undefined: all resources are counted. */
  readonly after?: string
}

export interface Rewound {
  readonly rewound: number
  /** The resource after which the rewind continues. Undefined: all resources are rewound. */
  readonly after?: string
}

/** With less remaining time, in milliseconds, a long operation stops and returns its position. */
const LEAST_TIME = 2000
const LONGEST_REASON = 1000
/** More than the longest pause of a parked resource, and the longest lease. In milliseconds. */
const LONGEST_WAIT = 2 * 3_600_000

/**
 * The operators' actions on reactors: list parked resources, retry, skip and replay. Each throws
 * InvalidArgument or InvalidId for a text that cannot be the name of a reactor or an id.
 */
export class ReactorOperations {
  readonly #checkpoints: CheckpointStore

  constructor(checkpoints: CheckpointStore) {
    this.#checkpoints = checkpoints
  }

  /** Returns the names of all reactors that have ever been woken. */
  async reactors(): Promise<string[]> {
    const names: string[] = []
    for await (const { reactor } of this.#checkpoints.reactors()) names.push(reactor)
    return names.sort()
  }

  /** Returns the checkpoints of a reactor's parked resources. */
  async parked(reactor: string, limit: number): Promise<Checkpoint[]> {
    checkOperation(reactor)
    const found: Checkpoint[] = []
    // Only wake-ups are due later, and there may be many.
    for await (const checkpoint of this.#checkpoints.due(reactor, Date.now() + LONGEST_WAIT)) {
      if (checkpoint.parked) found.push(checkpoint)
      if (found.length === limit) break
    }
    return found
  }

  async progress(reactor: string, from?: string): Promise<Progress> {
    checkOperation(reactor, from)
    const { paused } = (await this.#checkpoints.reactor(reactor)) ?? {}
    const now = Date.now()
    let [resources, behind, parked, waiting] = [0, 0, 0, 0]
    let next = Number.POSITIVE_INFINITY
    const counted = () => ({
      ...{ reactor, resources, behind, parked, waiting },
      ...(waiting > 0 && { next: new Date(next).toISOString() }),
      ...(paused !== undefined && { paused }),
    })
    for await (const checkpoint of this.#checkpoints.all(reactor, from)) {
      resources += 1
      if (checkpoint.parked) parked += 1
      if (isAsleep(checkpoint, now)) {
        waiting += 1
        next = Math.min(next, checkpoint.due)
      } else if (isBehind(checkpoint)) behind += 1
      if (!hasTime()) return { ...counted(), after: checkpoint.id }
    }
    return counted()
  }

  /**
   * Makes a parked resource due, so that the dispatcher retries it within a minute. An attempt that
   * is already running stays unchanged.
   * @throws NotParked
   */
  retry(reactor: string, id: string): Promise<Checkpoint> {
    return this.#change(reactor, id, (checkpoint) => {
      if (!checkpoint.parked) throw notParked(checkpoint)
      return checkpoint.attempts > 0 ? checkpoint : dueNow(checkpoint, Date.now())
    })
  }

  /**
   * Skips the parked event and continues with the next event. The checkpoint keeps the reason.
   * @param number the parked event's number, so that no other event is skipped
   * @param reason a text of 1 to 1000 characters
   * @throws NotParked, InvalidArgument
   */
  async skip(reactor: string, id: string, number: number, reason: string): Promise<Checkpoint> {
    if (reason.trim() === '' || reason.length > LONGEST_REASON) {
      const message = `A reason has 1 to ${LONGEST_REASON} characters`
      throw new InvalidArgument(message, { argument: 'reason', value: reason })
    }
    return this.#change(reactor, id, (checkpoint) => {
      const { parked } = checkpoint
      if (parked?.number !== number) throw notParked(checkpoint)
      return skipping(checkpoint, parked, reason, Date.now())
    })
  }

  /** Makes the reactor handle a resource's events again, from the first event on. */
  async replayOne(reactor: string, id: string): Promise<Checkpoint> {
    checkNoTimer(reactor, 'only reactors can be replayed')
    return this.#change(reactor, id, (checkpoint) => rewound(checkpoint, Date.now()))
  }

  /** Replays all resources that the reactor knows, starting after `from`. */
  async replay(reactor: string, from?: string): Promise<Rewound> {
    checkOperation(reactor, from)
    checkNoTimer(reactor, 'only reactors can be replayed')
    let count = 0
    for await (const { id } of this.#checkpoints.all(reactor, from)) {
      await this.replayOne(reactor, id)
      count += 1
      if (!hasTime()) return { rewound: count, after: id }
    }
    return { rewound: count }
  }

  /**
   * Stops a reactor within seconds, after the events that it is handling. Its events wait. Changes
   * nothing if it is paused already.
   * @throws InvalidArgument if there is no such reactor
   */
  pause(reactor: string): Promise<ReactorRecord> {
    return this.#changeRecord(reactor, pausing)
  }

  /**
   * Lets a paused reactor continue within a minute, with all events that waited. Changes nothing if it
   * is not paused.
   * @throws InvalidArgument if there is no such reactor
   */
  resume(reactor: string): Promise<ReactorRecord> {
    return this.#changeRecord(reactor, resuming)
  }

  async #changeRecord(
    reactor: string,
    change: (record: ReactorRecord, now: number) => ReactorRecord,
  ): Promise<ReactorRecord> {
    checkOperation(reactor)
    checkNoTimer(reactor, 'pause or resume the reactor, whose wake-ups wait with it')
    for (;;) {
      const there = await this.#checkpoints.reactor(reactor)
      if (!there) {
        const names = (await this.reactors()).join(', ') || 'none'
        const message = `There is no reactor ${reactor}. The reactors are: ${names}`
        throw new InvalidArgument(message, { argument: 'reactor', value: reactor })
      }
      const changed = change(there, Date.now())
      if (changed === there) return there
      const put = await this.#checkpoints.putReactor(changed)
      if (put.outcome === 'stored') return put.stored
    }
  }

  async #change(
    reactor: string,
    id: string,
    change: (checkpoint: Checkpoint) => Checkpoint,
  ): Promise<Checkpoint> {
    checkOperation(reactor, id)
    for (;;) {
      const there = await this.#checkpoints.get(reactor, id)
      if (!there)
        throw new NotParked(`The reactor ${reactor} has handled no event of ${id}: check the id`, {
          reactor,
          id,
        })
      const changed = change(there)
      if (changed === there) return there
      const put = await this.#checkpoints.put(changed)
      if (put.outcome === 'stored') return put.stored
    }
  }
}

function notParked({ reactor, id, parked }: Checkpoint): NotParked {
  const what = parked ? `is parked at event ${parked.number}` : 'is not parked'
  return new NotParked(`${id} ${what} for ${reactor}`, { reactor, id, parked: parked?.number })
}

function hasTime(): boolean {
  return deadline() - performance.now() > LEAST_TIME
}
