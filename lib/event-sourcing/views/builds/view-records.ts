import { Retries } from '../../runtime/time-left.ts'
import { isPlainObject } from '../../state/state.ts'
import { recordPlace, recordsPartition } from '../places.ts'
import type { Entry, ViewStore } from '../store/view-store.ts'
import { type Build, newRecord, type ViewRecord } from './view-record.ts'

/** How long a process uses a record before it reads it again, in milliseconds. */
const FRESH_FOR = 1000

/** The records of the views, each of which lists the builds of a view. */
export class ViewRecords {
  readonly #store: ViewStore
  readonly #known = new Map<string, { readonly record: ViewRecord; readonly until: number }>()

  constructor(store: ViewStore) {
    this.#store = store
  }

  /** Returns the record of a view, at most one second old. A new view has no builds. */
  async recent(view: string): Promise<ViewRecord> {
    const known = this.#known.get(view)
    return known && performance.now() < known.until ? known.record : this.read(view)
  }

  /** Returns the record of a view. */
  async read(view: string): Promise<ViewRecord> {
    const entry = await this.#store.get(recordPlace(view))
    return this.#keep(entry ? recordOf(entry) : newRecord(view))
  }

  /** Returns the records of all views that were ever built. */
  async all(): Promise<ViewRecord[]> {
    const records: ViewRecord[] = []
    for await (const entry of this.#store.entries(recordsPartition)) records.push(recordOf(entry))
    return records
  }

  /** Changes a record. Repeats the change on the newer record if another process was faster. */
  async change(view: string, change: (record: ViewRecord) => ViewRecord): Promise<ViewRecord> {
    const retries = new Retries({ first: 20, longest: 200 })
    for (;;) {
      const before = await this.read(view)
      const after = change(before)
      if (after === before) return before
      const { revision: was, ...body } = after
      const entry = { ...recordPlace(view), revision: was + 1, body }
      const changed = await this.#store.change([{ entry, was }])
      if (changed.outcome === 'stored') return this.#keep({ ...after, revision: was + 1 })
      await retries.next()
    }
  }

  #keep(record: ViewRecord): ViewRecord {
    this.#known.set(record.view, { record, until: performance.now() + FRESH_FOR })
    return record
  }
}

/** @throws TypeError if the entry is not the record of a view */
function recordOf({ revision, body }: Entry): ViewRecord {
  const { view, builds, newest } = body
  const isRecord = typeof view === 'string' && typeof newest === 'number' && Array.isArray(builds)
  if (!isRecord || !builds.every(isBuild))
    throw new TypeError('The entry is not the record of a view')
  return { view, builds, newest, revision }
}

function isBuild(value: unknown): value is Build {
  if (!isPlainObject(value)) return false
  const { build, version, state, since } = value
  return (
    typeof build === 'number' &&
    typeof version === 'number' &&
    typeof since === 'string' &&
    (state === 'building' || state === 'serving' || state === 'removing')
  )
}
