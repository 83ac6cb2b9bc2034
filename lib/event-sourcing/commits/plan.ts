import { v4 as uuidv4 } from 'uuid'
import { checkCommandId, checkWhole } from '../arguments.ts'
import { InvalidArgument } from '../errors.ts'
import type { StoredEvent } from '../event.ts'
import { Misuse } from '../runtime/composed-errors.ts'
import { currentCommandId, currentWork } from '../runtime/work.ts'
import type { Versioned } from '../state/handlers.ts'
import type { Member } from './participant.ts'

export interface CommandOptions {
  /**
   * The command's id, 1 to 128 characters. A command is committed once: a repetition with the same
   * id returns the events of the first time. Default: a fresh UUID.
   */
  readonly commandId?: string | undefined
  /**
   * The command's name and arguments. Another command under the same `commandId` fails with
   * `CommandIdReused`. Default: a repetition must lead to the same events. Set it if events contain
   * random values, or depend on resources that get no event.
   */
  readonly command?: unknown
  /**
   * The resources without events that the commit may create: all, those in the list, or none. Events
   * for another one fail with ResourceNotFound, and nothing is written. With `false`, a missing first
   * resource fails before the rules decide.
   *
   * Default: the resources that were made without an id. Outside of `command` and reactors,
   * `commit` may also create the resource that it is called on.
   */
  readonly creates?: boolean | readonly object[] | undefined
  /**
   * Whether the events come from another system with dates of their own, which may be more than five
   * minutes ahead of this clock. Otherwise such a `created` fails with InvalidEvent, because it is
   * usually the mistake of a clock. Default: false.
   */
  readonly imported?: boolean | undefined
}

export interface PlanOptions extends CommandOptions {
  /**
   * An optimistic lock: the version that the caller has seen. Default: none. After a conflict, the
   * rule then decides again on the new state.
   */
  readonly expectedVersion?: number | undefined
}

/** Returns the new events for the states of the resources, as one list per resource. */
export type Rules = (copies: readonly Versioned[]) => readonly (readonly unknown[])[]

/** A command: its resources, its rules, its identity and its conditions. */
export interface CommitPlan {
  readonly members: readonly Member[]
  readonly rules: Rules
  /** Whether the rules read the state. Otherwise they always return the same events. */
  readonly isDecision: boolean
  readonly commandId: string
  /** The content of the command without its id. Undefined: the events identify the command. */
  readonly command: unknown
  /** The expected version of the first resource. */
  readonly expectedVersion: number | undefined
  /** The resources that the commit may create, besides those that were made without an id. */
  readonly creates: boolean | readonly object[]
  /** Whether the events may have dates in the future. */
  readonly imported: boolean
  /** Whether a repetition of the client's command would find the commit, if the client sent an id. */
  readonly isRepeatable: boolean
}

/** The committed events, as one list per resource. */
export type Committed = readonly (readonly StoredEvent[])[]

/**
 * @param isTogether whether the commit is one of several resources
 * @throws InvalidArgument for invalid options or a duplicate resource; TypeError in a query, or in
 * work whose repetition would commit again
 */
export function planOf(
  members: readonly Member[],
  rules: Rules,
  { isDecision, isTogether }: { readonly isDecision: boolean; readonly isTogether: boolean },
  options: PlanOptions,
): CommitPlan {
  checkWork(members, options)
  const { commandId = uuidv4(), command, expectedVersion, imported = false } = options
  checkCommandId(commandId)
  if (expectedVersion !== undefined) checkWhole('expectedVersion', expectedVersion, 0)
  const keys = members.map(keyOf)
  const duplicate = members.find((_, index) => keys.indexOf(keys[index] ?? '') < index)
  if (duplicate) {
    const { id } = duplicate
    throw new InvalidArgument(
      `A commit can list each resource only once: remove the duplicate of ${id}`,
      { argument: 'resources', value: id },
    )
  }
  const isStrict = isTogether || currentWork() !== undefined
  const creates = options.creates ?? (isStrict ? [] : true)
  const isRepeatable = options.commandId !== undefined || currentCommandId() === undefined
  return {
    ...{ members, rules, isDecision, commandId, command, expectedVersion, creates, imported },
    isRepeatable,
  }
}

/**
 * Checks that the current work may commit, and that an attempt of a reaction finds the commit of an
 * earlier attempt.
 * @throws TypeError
 */
function checkWork(members: readonly Member[], { commandId }: PlanOptions): void {
  const work = currentWork()
  const [first] = members
  if (work === 'query')
    throw new Misuse(
      `A query cannot commit to ${first?.id}: its function may only read. Use a mutation`,
    )
  const fresh = members.find(({ isFresh }) => isFresh)
  if (work === 'reaction' && fresh && commandId !== undefined)
    throw new Misuse(
      `A reaction cannot create the ${fresh.aggregateClass.name} ${fresh.id} under a random id, because each attempt would create another one: make it with newId() of the reaction, and set creates: true`,
    )
}

/** Returns a key that identifies the resource among those of all classes. */
export function keyOf({ binding, id }: Member): string {
  return binding.keyOf(id)
}
