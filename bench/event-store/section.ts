import type { Report } from './report.ts'
import type { Stores } from './stores.ts'
import type { Wire } from './wire.ts'

export interface Bench {
  /** Of the emulator that all peers are measured on. */
  readonly endpoint: string
  readonly wire: Wire
  readonly stores: Stores
  /** Fewer repetitions and no history of 100,000 events. */
  readonly isQuick: boolean
  /** A folder that vanishes with the run. */
  readonly folder: string
}

export interface Section {
  /** What `npm run bench -- <name>` calls it. */
  readonly name: string
  readonly title: string
  run(bench: Bench, report: Report): Promise<void>
}
