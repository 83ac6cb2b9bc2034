/** The state of a reactor as a whole, beside its checkpoints. */
export interface ReactorRecord {
  readonly reactor: string
  /** The start of the reactor, as ISO 8601. Never changes. */
  readonly began: string
  /** Since when an operator has paused the reactor, as ISO 8601. Undefined: the reactor runs. */
  readonly paused?: string | undefined
  readonly reconciler: ReconcilerState
  /** Counts the writes. Each write is conditional on it. */
  readonly revision: number
}

/** The progress of the reconciler, which compares all resources with the checkpoints. */
export interface ReconcilerState {
  /** The newest request for a pass, in milliseconds since the epoch. 0: no request. */
  readonly asked: number
  /** The newest request that a complete pass has served. */
  readonly served: number
  /** The unfinished pass. */
  readonly pass?: Pass | undefined
  /** Counts the leases. A run whose generation differs has lost its lease. */
  readonly generation: number
  /** The end of the lease, in milliseconds since the epoch. Undefined: no run holds it. */
  readonly leasedUntil?: number | undefined
}

export interface Pass {
  /** The request that the pass serves. */
  readonly serves: number
  /** The last compared resource. */
  readonly after?: string | undefined
  /** The number of compared resources. */
  readonly resources: number
}

/**
 * The schedule wakes a new reactor within this time after its deployment, in milliseconds. Starting
 * this much earlier covers the events in between.
 */
const BEFORE = 120_000

/**
 * Returns the record of a new reactor. A reactor that begins at the beginning requests a pass, which
 * runs it for all resources.
 */
export function newRecord(
  reactor: string,
  begins: 'beginning' | 'now',
  now: number,
): ReactorRecord {
  const began = new Date(now - BEFORE).toISOString()
  const asked = begins === 'beginning' ? now : 0
  return { reactor, began, reconciler: { asked, served: 0, generation: 0 }, revision: 0 }
}

/** Pauses a reactor, unless it is paused already. */
export function pausing(record: ReactorRecord, now: number): ReactorRecord {
  return record.paused === undefined ? { ...record, paused: new Date(now).toISOString() } : record
}

/**
 * Lets a paused reactor run again. Requests a pass, because the stream's events of the meantime were
 * not handled.
 */
export function resuming(record: ReactorRecord, now: number): ReactorRecord {
  const { paused, ...rest } = record
  return paused === undefined ? record : asking(rest, now)
}

/** Requests a pass of the reconciler. */
export function asking(record: ReactorRecord, now: number): ReactorRecord {
  const asked = Math.max(now, record.reconciler.asked + 1)
  return { ...record, reconciler: { ...record.reconciler, asked } }
}
