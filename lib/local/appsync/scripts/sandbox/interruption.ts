import type { ScriptEnd } from '../script-outcome.ts'

/** Ends a handler from within a utility. Scripts cannot catch it, since they have no `try`. */
export class Interruption {
  readonly end: ScriptEnd

  constructor(end: ScriptEnd) {
    this.end = end
  }
}
