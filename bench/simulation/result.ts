import type { Commands } from './commands.ts'
import type { Histogram } from './engine/histogram.ts'
import type { Feed } from './feed.ts'
import type { HotCommits } from './hot-commits.ts'
import type { Reactions } from './reactions.ts'
import type { Load } from './settings.ts'

/** The counts of one second, and the queues at its end. */
export interface Second {
  readonly offered: number
  readonly accepted: number
  readonly throttled: number
  /** The age of the oldest event that the feed has not begun, in milliseconds. */
  readonly feedAge: number
  readonly queues: Readonly<Record<string, number>>
}

export interface Result {
  readonly load: Load
  readonly seconds: readonly Second[]
  /** The latency of accepted commands, from the beginning of the burst. */
  readonly latency: Histogram
  readonly commands: Commands
  readonly feed: Feed
  readonly feedLag: Histogram
  readonly reactions: Reactions
  readonly hot: HotCommits
}

/** The largest age of an event at which the feed counts as recovered, in milliseconds. */
const RECOVERED_AGE = 1000
/** The events that wait for reactions also in a quiet system: a full batch. */
const FEW = 100

/** Returns the mean of a count in each second of the burst. */
export function burstRate({ load, seconds }: Result, key: 'offered' | 'accepted' | 'throttled') {
  const [before, burst] = load.seconds
  const during = seconds.slice(before, before + burst)
  return during.reduce((sum, second) => sum + second[key], 0) / during.length
}

/** Returns the longest queue of the run, and its length. */
export function deepestQueue({ seconds }: Result): { name: string; length: number } {
  const all = seconds.flatMap(({ queues }) =>
    Object.entries(queues).map(([name, length]) => ({ name, length })),
  )
  return all.reduce((most, queue) => (queue.length > most.length ? queue : most), {
    name: 'none',
    length: 0,
  })
}

/**
 * Returns the seconds after the burst until nothing is throttled, no event waits longer than a
 * second for the feed, and no reactions wait. Undefined if the run ends before that.
 */
export function recovery({ load, seconds }: Result): number | undefined {
  const [before, burst, after] = load.seconds
  const later = seconds.slice(before + burst)
  const few = Math.max(FEW, load.base * load.reactions)
  const isBad = ({ throttled, feedAge, queues }: Second) =>
    throttled > 0 ||
    feedAge > RECOVERED_AGE ||
    (queues['stream before the dispatcher'] ?? 0) + (queues['reactions in invocations'] ?? 0) > few
  const last = later.findLastIndex(isBad) + 1
  return last === after ? undefined : last
}
