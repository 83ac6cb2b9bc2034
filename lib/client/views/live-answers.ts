import { backOff, jittered } from '../waiting/back-off.ts'
import { pause } from '../waiting/pause.ts'
import type { News } from './news.ts'
import type { UnseenWrites } from './own-writes.ts'
import { isIn, isRecent, type KnownEvent, type Position } from './position.ts'

/** The timing of a live view. All times are in milliseconds. */
export interface ViewPace {
  /** The shortest time from one query to the next. */
  readonly interval: number
  /** The time from an event that an answer may lack to the query that finds it. */
  readonly firstPoll: number
  /** The longest time without a query. */
  readonly pollInterval: number
}

export interface LiveOptions<Answer> {
  readonly news: News
  readonly unseen: UnseenWrites
  readonly ask: (after: Position | undefined) => Promise<Answer>
  readonly isBehind: (answer: Answer) => boolean
  readonly pace: ViewPace
  readonly signal: AbortSignal
}

const FIRST_PAUSE = 500

/** Yields the answer of a view: first at once, then whenever it has changed. */
export async function* liveAnswers<Answer>({
  news,
  unseen,
  ask,
  isBehind,
  pace: { interval, firstPoll, pollInterval },
  signal,
}: LiveOptions<Answer>): AsyncGenerator<Answer, void> {
  let shown: string | undefined
  /** The newest event that no answer has included yet. */
  let awaited: KnownEvent | undefined
  /** The time of the query after which the answer has all known events. */
  let settled = Date.now() + jittered(firstPoll)
  let timesBehind = 0

  await news.started(signal, interval)
  while (!signal.aborted) {
    const asked = Date.now()
    const { newest, hasOthers } = news.take()
    if (hasOthers || (newest && awaited && newest.id !== awaited.id)) {
      settled = asked + jittered(firstPoll)
    } else if (asked >= settled) {
      settled = Number.POSITIVE_INFINITY
    }
    awaited = newest ?? awaited
    if (awaited && !isRecent(awaited)) awaited = undefined

    const after = nextAfter(unseen.newest(), awaited)
    const answer = await ask(after)
    const behind = isBehind(answer)
    timesBehind = behind ? timesBehind + 1 : 0
    if (after && !behind) {
      unseen.saw(after)
      if (awaited && isIn(awaited, after)) awaited = undefined
    }
    const text = JSON.stringify(answer)
    if (text !== shown) {
      shown = text
      yield answer
    }

    await news.wait(signal, untilNext())
    await pause(interval - (Date.now() - asked), signal)
  }

  function untilNext(): number {
    if (timesBehind > 0) return backOff(timesBehind, FIRST_PAUSE, pollInterval)
    // A query waits for one event only, so the next one waits for the next event.
    if (awaited || unseen.newest()) return 0
    return Math.min(settled - Date.now(), jittered(pollInterval))
  }
}

/** Returns the event to wait for: the caller's own write first. */
function nextAfter(
  own: KnownEvent | undefined,
  other: KnownEvent | undefined,
): KnownEvent | undefined {
  return own && other && isIn(own, other) ? other : (own ?? other)
}
