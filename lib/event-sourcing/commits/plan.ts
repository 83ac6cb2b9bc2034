import type { StoredEvent } from '../event.ts'
import type { Versioned } from '../state/handlers.ts'
import type { Participant } from './participant.ts'

/** Decides, from the states of the resources, the events for each one: one list per resource. */
export type Rules = (copies: readonly Versioned[]) => readonly (readonly unknown[])[]

/** A command, from its first attempt to its last. */
export interface CommitPlan {
  readonly participants: readonly Participant[]
  readonly rules: Rules
  /** Whether the rules read the state. Otherwise they always return the same events. */
  readonly isDecision: boolean
  readonly commandId: string
  /** The content of the command without its id. Undefined: the events identify the command. */
  readonly command: unknown
  /** The expected version of the first resource. */
  readonly expectedVersion: number | undefined
  /** Whether the first resource must already have events. */
  readonly existing: boolean
  readonly traceId: string | undefined
}

/** The committed events, a list for each resource. */
export type Committed = readonly (readonly StoredEvent[])[]
