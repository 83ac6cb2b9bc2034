import type { ApiEvent, ApiResource } from '../event.ts'
import { backOff } from '../waiting/back-off.ts'
import { Bell } from './bell.ts'
import type { Cursor, Following } from './following.ts'

interface StatesOptions<S extends ApiResource, E extends ApiEvent> {
  readonly following: Following<E>
  readonly ask: () => Promise<S | undefined>
  readonly reduce: ((state: S, event: E) => S | undefined) | undefined
  readonly signal: AbortSignal
  readonly longestPause: number
}

const FIRST_PAUSE = 100

/** Yields a resource's state: first from the API, then from events, or from the API again. */
export async function* states<S extends ApiResource, E extends ApiEvent>({
  following,
  ask,
  reduce,
  signal,
  longestPause,
}: StatesOptions<S, E>): AsyncGenerator<S, void> {
  let state = await ask()
  if (state) yield state
  const cursor: Cursor = { next: (state?.version ?? 0) + 1 }
  for await (const event of following.events(cursor, signal)) {
    const reduced = state && reduce?.(state, event)
    state = reduced ? { ...reduced, version: event.number } : await stateFrom(event.number)
    if (!state) return
    // The state includes the events up to its version.
    cursor.next = state.version + 1
    yield state
  }

  /**
   * Returns undefined when the signal is aborted. Retries if an answer is too old: a shared query
   * or a cache can return one.
   */
  async function stateFrom(number: number): Promise<S | undefined> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const found = await ask()
      if (found && found.version >= number) return found
      if (failures > 0) {
        await new Bell().wait(signal, backOff(failures, FIRST_PAUSE, longestPause))
      }
    }
    return undefined
  }
}
