import { ResourceNotFound, VersionConflict } from '../errors.ts'
import type { EventMeta, StoredEvent } from '../event.ts'
import { Retries } from '../runtime/retries.ts'
import { deadline } from '../runtime/time-left.ts'
import type { Annotate } from '../runtime/tracing.ts'
import type { Versioned } from '../state/handlers.ts'
import { isPlainObject } from '../state/state.ts'
import { appendTogether } from './append-together.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Party, Proposed } from './participant.ts'
import { asRejection, contentOf } from './proposal.ts'
import { committedBefore } from './repeated-command.ts'
import { checkTransaction } from './validation.ts'

/** Says, of the resources' states, what events each is to be given: a list for each of them. */
export type Rules = (copies: readonly Versioned[]) => readonly (readonly unknown[])[]

export interface CommitPlan {
  readonly parties: readonly Party[]
  readonly rules: Rules
  /** Whether the rules look at the state; else they always give the same events. */
  readonly isDecision: boolean
  readonly commandId: string
  /** What the command is, beside its id. Undefined: known by the events it makes. */
  readonly command: unknown
  /** Of the first resource. */
  readonly expectedVersion: number | undefined
  /** Whether the first resource has to have events already. */
  readonly existing: boolean
  readonly traceId: string | undefined
  /** Lets the instances that rules look at show what is known. */
  readonly show: () => void
}

/** The committed events, a list for each resource. */
export type Committed = readonly (readonly StoredEvent[])[]

type Attempt =
  | {
      readonly outcome: 'events'
      readonly proposed: readonly Proposed[]
      readonly isLocked: boolean
    }
  | { readonly outcome: 'nothing' }
  | { readonly outcome: 'refused'; readonly error: unknown }

const PACE = { first: 10, longest: 500 }

/**
 * Steps 3 to 5: from what is known of the resources to their new events in the store, or a refusal.
 * What is known is trusted until a put proves otherwise; what would end without a put is confirmed
 * against the store first.
 */
export async function commitPlan(plan: CommitPlan, annotate: Annotate): Promise<Committed> {
  const { parties } = plan
  const isOne = parties.length === 1
  const retries = new Retries(deadline(), PACE)
  let conflicts = 0
  let isConfirmed = (await readUnknown(parties)) && isOne
  for (;;) {
    const before = await committedBefore(plan)
    if (before) return before
    const attempt = attemptOf(plan)
    if (attempt.outcome === 'events') {
      const { proposed, isLocked } = attempt
      annotateFirst(proposed, annotate)
      // 5. The event is put on condition that nothing is there; only then is the state adopted.
      const appended = await appendTogether(parties, proposed)
      if (appended.outcome === 'stored') return adopt(parties, proposed)
      conflicts += 1
      const taken = (party: Party) => appended.by[parties.indexOf(party)] ?? []
      const losers = parties.filter((party) => taken(party).length > 0)
      const tried = losers[0]?.version
      const behind = losers.filter((party) => !party.absorb(taken(party)))
      // The first conflict is met again at once: whoever won is done.
      const isOver = conflicts > 1 && !(await retries.next())
      if (isOver) return (await committedNow(plan)) ?? giveUp(losers, tried, parties)
      isConfirmed = isLocked && isOne
      // A second refusal says that more was missed than the one event that came back.
      await refresh(isConfirmed ? parties : conflicts > 1 ? losers : behind)
    } else if (!isConfirmed) {
      const isCurrent = await confirm(parties)
      isConfirmed = isCurrent || !(await retries.next())
    } else if (attempt.outcome === 'refused') {
      throw attempt.error
    } else {
      return parties.map(() => [])
    }
  }
}

/** 3. What nobody has read yet is read. True: that is all of them. */
async function readUnknown(parties: readonly Party[]): Promise<boolean> {
  const unknown = parties.filter((party) => !party.isKnown)
  await refresh(unknown)
  // After `apply`: a number that was never stored would leave a hole in the history.
  for (const party of unknown) if (!party.isKnown) throw party.conflict(party.member.shown)
  return unknown.length === parties.length
}

async function refresh(parties: readonly Party[]): Promise<void> {
  await Promise.all(parties.map((party) => party.refresh()))
}

/**
 * Reads again what an outcome without a put rests on. Several resources are not read at one moment:
 * that they were so together is certain where none has moved since.
 */
async function confirm(parties: readonly Party[]): Promise<boolean> {
  const versions = parties.map(({ version }) => version)
  await refresh(parties)
  return parties.length === 1 || parties.every(({ version }, index) => version === versions[index])
}

async function committedNow(plan: CommitPlan): Promise<Committed | undefined> {
  await refresh(plan.parties)
  return committedBefore(plan)
}

/** 4. The rules decide, and their events are applied to copies of the states. */
function attemptOf(plan: CommitPlan): Attempt {
  const { parties, rules, command, expectedVersion, existing, show } = plan
  const [first] = parties
  try {
    if (first && expectedVersion !== undefined && expectedVersion !== first.version) {
      throw first.conflict(expectedVersion)
    }
    if (first && existing && first.version === 0) {
      throw new ResourceNotFound(`There is no resource with the id ${first.id}`, { id: first.id })
    }
    show()
    const proposals = rules(parties.map((party) => party.copy()))
    const now = new Date().toISOString()
    const drafts = parties.map((party, index) =>
      party.complete(proposals[index] ?? [], metaOf(plan, proposals), now),
    )
    const fingerprint = fingerprintOf(command ?? drafts.map((events) => events.map(contentOf)))
    const proposed = parties.map((party, index) =>
      party.propose((drafts[index] ?? []).map((event) => withFingerprint(event, fingerprint))),
    )
    const events = proposed.flatMap((one) => one.events)
    if (events.length === 0) return { outcome: 'nothing' }
    checkTransaction(events, proposed.filter((one) => one.events.length === 0).length)
    const isLocked = expectedVersion !== undefined || proposals.flat().some(hasNumber)
    return { outcome: 'events', proposed, isLocked }
  } catch (error) {
    return { outcome: 'refused', error: asRejection(error, first) }
  }
}

function metaOf(
  { commandId, traceId }: CommitPlan,
  proposals: readonly (readonly unknown[])[],
): EventMeta {
  const resources = proposals.filter(({ length }) => length > 0).length
  return { commandId, ...(traceId && { traceId }), ...(resources > 1 && { resources }) }
}

function withFingerprint(event: StoredEvent, fingerprint: string): StoredEvent {
  return { ...event, meta: { ...event.meta, fingerprint } }
}

function hasNumber(proposal: unknown): boolean {
  return isPlainObject(proposal) && proposal.number !== undefined
}

function adopt(parties: readonly Party[], proposed: readonly Proposed[]): Committed {
  for (const [index, party] of parties.entries()) {
    const one = proposed[index]
    if (one && one.events.length > 0) party.adopt(one)
  }
  return proposed.map(({ events }) => events)
}

function annotateFirst(proposed: readonly Proposed[], annotate: Annotate): void {
  const [event] = proposed.flatMap(({ events }) => events)
  if (event) annotate({ event: event.type, number: event.number })
}

function giveUp(
  losers: readonly Party[],
  expectedVersion: number | undefined,
  parties: readonly Party[],
): never {
  const [loser] = losers
  const ids = losers.map(({ id }) => id)
  throw new VersionConflict(
    `Other writers kept committing to ${ids.join(' and ')} for all the time there was: try again later`,
    {
      id: loser?.id,
      expectedVersion,
      actualVersion: loser?.version,
      ...(parties.length > 1 && { losers: ids }),
    },
  )
}
