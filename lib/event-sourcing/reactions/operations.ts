import { EventRejected, InvalidArgument } from '../errors.ts'
import { deadline } from '../runtime/time-left.ts'
import { knownReactors } from './beginnings.ts'
import { type Checkpoint, dueNow, isBehind, rewound, skipping } from './checkpoint.ts'
import type { CheckpointStore } from './checkpoint-store.ts'

/** No event of the resource is parked, or another one. Data: `reactor`, `id`, `parked`. */
export class NotParked extends EventRejected {
  override readonly code = 'NotParked'
}

/** How far a reactor has come, as far as it was counted. */
export interface Progress {
  readonly reactor: string
  readonly resources: number
  /** Those with events that it has heard of and not handled. */
  readonly behind: number
  readonly parked: number
  /** Where to go on counting. Undefined: all are counted. */
  readonly after?: string
}

export interface Rewound {
  readonly rewound: number
  /** Where to go on. Undefined: all are rewound. */
  readonly after?: string
}

/** With less, in milliseconds, a long work tells where it has to go on. */
const LEAST_TIME = 2000
const LONGEST_REASON = 1000

/** What people do about reactors: see what is parked, try it again, pass it by, begin anew. */
export class ReactorOperations {
  readonly #checkpoints: CheckpointStore

  constructor(checkpoints: CheckpointStore) {
    this.#checkpoints = checkpoints
  }

  /** The names of all reactors that were ever woken. */
  async reactors(): Promise<string[]> {
    const names: string[] = []
    for await (const name of knownReactors(this.#checkpoints)) names.push(name)
    return names.sort()
  }

  /** What a reactor cannot go on with. */
  async parked(reactor: string, limit: number): Promise<Checkpoint[]> {
    const found: Checkpoint[] = []
    for await (const checkpoint of this.#checkpoints.due(reactor, Number.MAX_SAFE_INTEGER)) {
      if (checkpoint.parked) found.push(checkpoint)
      if (found.length === limit) break
    }
    return found
  }

  async progress(reactor: string, from?: string): Promise<Progress> {
    let [resources, behind, parked] = [0, 0, 0]
    for await (const checkpoint of this.#checkpoints.all(reactor, from)) {
      resources += 1
      if (isBehind(checkpoint)) behind += 1
      if (checkpoint.parked) parked += 1
      if (!hasTime()) return { reactor, resources, behind, parked, after: checkpoint.id }
    }
    return { reactor, resources, behind, parked }
  }

  /**
   * The dispatcher takes it up within a minute, without waiting for the end of its pause. What is
   * being tried just now is left at that.
   * @throws NotParked
   */
  retry(reactor: string, id: string): Promise<Checkpoint> {
    return this.#change(reactor, id, (checkpoint) => {
      if (!checkpoint.parked) throw notParked(checkpoint)
      return checkpoint.attempts > 0 ? checkpoint : dueNow(checkpoint, Date.now())
    })
  }

  /**
   * Passes the parked event by, and goes on behind it. The reason stays with the checkpoint.
   * @param number of the event, so that no other one is passed by
   * @param reason of 1 to 1000 characters
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

  /** The reactor handles a resource's events from the first one on again. */
  replayOne(reactor: string, id: string): Promise<Checkpoint> {
    return this.#change(reactor, id, (checkpoint) => rewound(checkpoint, Date.now()))
  }

  /** The same for all resources that it knows, from behind one on. */
  async replay(reactor: string, from?: string): Promise<Rewound> {
    let count = 0
    for await (const { id } of this.#checkpoints.all(reactor, from)) {
      await this.replayOne(reactor, id)
      count += 1
      if (!hasTime()) return { rewound: count, after: id }
    }
    return { rewound: count }
  }

  async #change(
    reactor: string,
    id: string,
    change: (checkpoint: Checkpoint) => Checkpoint,
  ): Promise<Checkpoint> {
    for (;;) {
      const there = await this.#checkpoints.get(reactor, id)
      if (!there) throw new NotParked(`${reactor} knows no resource ${id}`, { reactor, id })
      const changed = change(there)
      if (changed === there) return there
      const put = await this.#checkpoints.put(changed)
      if (put.outcome === 'stored') return put.checkpoint
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
