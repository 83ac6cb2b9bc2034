import type { ScriptSource } from './sandboxed-script.ts'

/** The data that the thread of the scripts is given once. */
export interface ScriptThreadData {
  readonly sandboxCode: string
  /** See {@link CLOCK}. */
  readonly clock: Int32Array
}

/** The fields of the clock: which run is under way (0: none), and since when. */
export const CLOCK = { run: 0, since: 1, fields: 2 } as const

/** To the thread. */
export type ScriptOrder =
  | { readonly kind: 'load'; readonly script: number; readonly source: ScriptSource }
  | {
      readonly kind: 'run'
      readonly run: number
      readonly script: number
      readonly handler: string
      /** JSON. */
      readonly context: string
    }

/** From the thread. */
export type ScriptAnswer =
  | { readonly kind: 'log'; readonly script: number; readonly level: Level; readonly json: string }
  | { readonly kind: 'outcome'; readonly run: number; readonly json: string }
  | { readonly kind: 'failed'; readonly run: number; readonly message: string }

type Level = 'INFO' | 'ERROR'

/** Milliseconds, the same for all threads, in the range of an Int32Array. */
export function clockTime(): number {
  return Number((process.hrtime.bigint() / 1_000_000n) & 0x7fff_ffffn)
}
