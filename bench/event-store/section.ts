import type { Report } from './report.ts'
import type { Stores } from './stores.ts'
import type { Wire } from './wire.ts'

export interface Bench {
  /** The endpoint of the emulator that all peers use. */
  readonly endpoint: string
  readonly wire: Wire
  readonly stores: Stores
  /** Uses fewer repetitions and no history of 100,000 events. */
  readonly isQuick: boolean
  /** A folder that is removed at the end of the run. */
  readonly folder: string
}

/** The order matters: commands extend the histories that other sections read. */
export const SECTION_NAMES = [
  'hydration',
  'latency',
  'memory',
  'commands',
  'writers',
  'all',
  'bundles',
  'functions',
  'views',
] as const

export type SectionName = (typeof SECTION_NAMES)[number]

export interface Section {
  /** The name for `npm run bench -- <name>`. */
  readonly name: SectionName
  readonly title: string
  run(bench: Bench, report: Report): Promise<void>
}
