import { LRUCache } from 'lru-cache'
import { TakeInFailed } from '../../reactions/reactor.ts'
import { Retries } from '../../runtime/time-left.ts'
import { type BuildName, partOf, rowPlace } from '../places.ts'
import {
  type Change,
  type Entry,
  MOST_CHANGES,
  type Place,
  type ViewStore,
} from '../store/view-store.ts'
import type { FoldView } from '../view.ts'
import type { Addition, Row } from './additions.ts'

/** Consecutive events of one resource, and the position of the fold in its events. */
export interface Taken {
  /** The place of the position. Its revision is the number of the last event that counts. */
  readonly place: Place
  /** The id of the resource. */
  readonly id: string
  /** The revision of the stored position. 0: there is none. */
  readonly was: number
  /** The number of the last of the events. */
  readonly upTo: number
  /** The events that count, in order. */
  readonly additions: readonly Addition[]
}

/** The stored position is another one. */
export class PositionMoved extends Error {
  override readonly name = 'PositionMoved'
  /** The revision of the stored position. */
  readonly stored: number

  constructor(stored: number) {
    super(`The position of the fold is ${stored}`)
    this.stored = stored
  }
}

interface Task {
  readonly taken: Taken
  outcome?: { readonly error?: unknown }
}

/** The rows that are kept in memory, so that a row is not read before each write. */
const MOST_ROWS = 1000
/** The most resources whose events are written together. */
const MOST_TASKS = 50

/**
 * Adds events to the rows of a build. One transaction writes rows and positions, so that each event
 * counts exactly once. Events that wait for the writer share the next transaction, so that a row that
 * many events change is written once for all of them.
 */
export class FoldWriter {
  readonly #name: BuildName
  readonly #view: FoldView
  readonly #store: ViewStore
  /** The stored rows, as far as this process knows. Each write proves or corrects them. */
  readonly #rows = new LRUCache<string, Entry | 'none'>({ max: MOST_ROWS })
  readonly #waiting: Task[] = []
  #turn: Promise<void> = Promise.resolve()

  constructor({ name, view, store }: { name: BuildName; view: FoldView; store: ViewStore }) {
    this.#name = name
    this.#view = view
    this.#store = store
  }

  /**
   * Adds events to the rows, and moves the position behind them.
   * @throws PositionMoved; TakeInFailed for an event that cannot be added, after the events before it
   * are added; StoreUnavailable
   */
  async write(taken: Taken): Promise<void> {
    const task: Task = { taken }
    this.#waiting.push(task)
    // Each caller writes in its own turn, within its own time, unless another one has written for it.
    const turn = this.#turn.then(() => (task.outcome ? undefined : this.#writeNext(task)))
    this.#turn = turn
    await turn
    if (task.outcome?.error !== undefined) throw task.outcome.error
  }

  /** Writes a task with those that wait. Never throws: each task gets its outcome. */
  async #writeNext(task: Task): Promise<void> {
    const tasks = this.#fitting(task)
    for (const one of tasks) this.#waiting.splice(this.#waiting.indexOf(one), 1)
    await this.#writeTogether(tasks).catch((error) => settle(tasks, error))
  }

  /** Returns the task and others that wait, as many as fit in one transaction. */
  #fitting(first: Task): Task[] {
    const tasks: Task[] = []
    const rows = new Set<string>()
    for (const task of [first, ...this.#waiting.filter((one) => one !== first)]) {
      const added = task.taken.additions.map((addition) => this.#placeOf(addition).item)
      const all = new Set([...rows, ...added])
      const isFull = tasks.length === MOST_TASKS || tasks.length + 1 + all.size > MOST_CHANGES
      if (isFull && task !== first) break
      tasks.push(task)
      for (const item of added) rows.add(item)
    }
    return tasks
  }

  async #writeTogether(tasks: readonly Task[]): Promise<void> {
    const retries = new Retries({ first: 10, longest: 300 })
    let left = tasks
    while (left.length > 0) {
      const draft = await this.#draft(left)
      left = left.filter(({ outcome }) => !outcome)
      if (left.length === 0) return
      const changes = [...draft.positions, ...draft.rows]
      let changed: Awaited<ReturnType<ViewStore['change']>>
      try {
        changed = await this.#store.change(changes)
      } catch (error) {
        if (left.length === 1) throw error
        // One of the rows may be the reason, so each task gets a transaction of its own.
        for (const task of left) {
          await this.#writeTogether([task]).catch((reason) => settle([task], reason))
        }
        return
      }
      if (changed.outcome === 'stored') {
        for (const { entry } of draft.rows) this.#rows.set(keyOf(entry), entry)
        for (const task of left) task.outcome = { error: draft.failures.get(task) }
        return
      }
      const { by } = changed
      for (const [index, task] of left.entries()) {
        const stored = by[index]
        if (stored === undefined) continue
        settle([task], new PositionMoved(stored === 'none' ? 0 : stored.revision))
      }
      for (const [index, { entry }] of draft.rows.entries()) {
        const stored = by[draft.positions.length + index]
        if (stored !== undefined) this.#rows.set(keyOf(entry), stored)
      }
      left = left.filter(({ outcome }) => !outcome)
      await retries.next()
    }
  }

  /** Computes the new rows. A task whose first event cannot be added gets its outcome. */
  async #draft(tasks: readonly Task[]) {
    const rows = await this.#read(tasks)
    const positions: Change[] = []
    const failures = new Map<Task, unknown>()
    for (const task of tasks) {
      const { place, id, was, upTo, additions } = task.taken
      let last = upTo
      for (const addition of additions) {
        const place = this.#placeOf(addition)
        const known = rows.get(keyOf(place))
        if (!known) throw new TypeError(`The row ${place.item} is not read`)
        try {
          known.row = addition.add(known.row)
          known.changed = addition
        } catch (error) {
          const { event } = addition
          failures.set(task, new TakeInFailed(event, error))
          last = event.number - 1
          break
        }
      }
      if (last > was) positions.push({ entry: { ...place, revision: last, body: { id } }, was })
      else settle([task], failures.get(task))
    }
    const changed: Change[] = [...rows.values()].flatMap(({ place, was, row, changed }) =>
      changed ? [{ was, entry: { ...place, revision: was + 1, body: bodyOf(changed, row) } }] : [],
    )
    return { positions, rows: changed, failures }
  }

  /** Returns the rows of the tasks' events, as they are stored. */
  async #read(tasks: readonly Task[]) {
    const rows = new Map<string, ReadRow>()
    const places = tasks.flatMap(({ taken }) => taken.additions.map((one) => this.#placeOf(one)))
    await Promise.all(
      [...new Map(places.map((place) => [keyOf(place), place])).values()].map(async (place) => {
        const key = keyOf(place)
        const entry = this.#rows.get(key) ?? (await this.#store.get(place)) ?? 'none'
        const stored = entry === 'none' ? undefined : entry
        const row = { ...this.#view.initial, ...Object(stored?.body.row) }
        rows.set(key, { place, was: stored?.revision ?? 0, row, changed: undefined })
      }),
    )
    return rows
  }

  #placeOf({ event, keyText, sort }: Addition): Place {
    return rowPlace(this.#name, keyText, partOf(event.id, this.#view.spread ?? 1), sort)
  }
}

interface ReadRow {
  readonly place: Place
  readonly was: number
  row: Row
  /** The last event that changed it. */
  changed: Addition | undefined
}

function bodyOf({ key, sort }: Addition, row: Row) {
  return { key, ...(sort !== undefined && { sort }), row }
}

function keyOf({ partition, item }: Place): string {
  return `${partition} ${item}`
}

function settle(tasks: readonly Task[], error: unknown): void {
  for (const task of tasks) task.outcome ??= { error }
}
