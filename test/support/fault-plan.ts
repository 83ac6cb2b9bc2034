import { renameSync, writeFileSync } from 'node:fs'
import type { Fault } from '../../lib/local/faults/index.ts'

export type Rates = Partial<Record<Fault, number>>

/** Writes the fault plan of a local run atomically, so that no reader sees half of it. */
export function writePlan(file: string, plan: { readonly seed?: number; readonly rates?: object }) {
  writeFileSync(`${file}.new`, JSON.stringify(plan))
  renameSync(`${file}.new`, file)
}
