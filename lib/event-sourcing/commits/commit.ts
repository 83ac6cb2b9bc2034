import { ResourceNotFound, VersionConflict } from '../errors.ts'
import type { EventMeta, StoredEvent } from '../event.ts'
import { Retries } from '../runtime/retries.ts'
import { deadline } from '../runtime/time-left.ts'
import type { Annotate } from '../runtime/tracing.ts'
import { isPlainObject } from '../state/state.ts'
import { appendTogether } from './append-together.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Participant, Proposed } from './participant.ts'
import type { CommitPlan, Committed } from './plan.ts'
import { asRejection, contentOf } from './proposal.ts'
import { committedBefore } from './repeated-command.ts'
import { checkTransaction } from './validation.ts'

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
 * Steps 3 to 5: from the cached states to new events in the store, or to a rejection. Cached state
 * is trusted until a put proves that it is outdated. Before an outcome without a put, the store
 * confirms the state.
 */
export async function commitPlan(plan: CommitPlan, annotate: Annotate): Promise<Committed> {
  const { participants } = plan
  const isOne = participants.length === 1
  const retries = new Retries(deadline(), PACE)
  let conflicts = 0
  let isConfirmed = (await readUnknown(participants)) && isOne
  for (;;) {
    const before = await committedBefore(plan)
    if (before) return before
    const attempt = attemptOf(plan)
    if (attempt.outcome === 'events') {
      const { proposed, isLocked } = attempt
      annotateFirst(proposed, annotate)
      // 5. The put requires that the event's number is free. The state is adopted only after the
      // put.
      const appended = await appendTogether(participants, proposed)
      if (appended.outcome === 'stored') return adopt(participants, proposed)
      conflicts += 1
      const taken = (participant: Participant) =>
        appended.by[participants.indexOf(participant)] ?? []
      const losers = participants.filter((participant) => taken(participant).length > 0)
      const tried = losers[0]?.version
      const behind = losers.filter((participant) => !participant.absorb(taken(participant)))
      // The first retry runs at once: the winner has already finished.
      const isOver = conflicts > 1 && !(await retries.next())
      if (isOver) return (await committedNow(plan)) ?? giveUp(losers, tried, participants)
      isConfirmed = isLocked && isOne
      // After a second conflict, more than the one returned event is missing.
      await refresh(isConfirmed ? participants : conflicts > 1 ? losers : behind)
    } else if (!isConfirmed) {
      const isCurrent = await confirm(participants)
      isConfirmed = isCurrent || !(await retries.next())
    } else if (attempt.outcome === 'refused') {
      throw attempt.error
    } else {
      return participants.map(() => [])
    }
  }
}

/** 3. Hydrates participants that are not loaded yet. Returns true if that was all of them. */
async function readUnknown(participants: readonly Participant[]): Promise<boolean> {
  const unknown = participants.filter((participant) => !participant.isKnown)
  await refresh(unknown)
  // Applies after `apply`: a number that was never stored would leave a gap in the history.
  for (const participant of unknown)
    if (!participant.isKnown) throw participant.conflict(participant.member.shown)
  return unknown.length === participants.length
}

async function refresh(participants: readonly Participant[]): Promise<void> {
  await Promise.all(participants.map((participant) => participant.refresh()))
}

/**
 * Reads the states again before an outcome without a put. Several resources cannot be read at one
 * moment. If none has changed since, the states were valid together.
 */
async function confirm(participants: readonly Participant[]): Promise<boolean> {
  const versions = participants.map(({ version }) => version)
  await refresh(participants)
  return (
    participants.length === 1 ||
    participants.every(({ version }, index) => version === versions[index])
  )
}

async function committedNow(plan: CommitPlan): Promise<Committed | undefined> {
  await refresh(plan.participants)
  return committedBefore(plan)
}

/** 4. The rules decide. Their events are applied to copies of the states. */
function attemptOf(plan: CommitPlan): Attempt {
  const { participants, rules, command, expectedVersion, existing } = plan
  const [first] = participants
  try {
    if (first && expectedVersion !== undefined && expectedVersion !== first.version) {
      throw first.conflict(expectedVersion)
    }
    if (first && existing && first.version === 0) {
      throw new ResourceNotFound(`There is no resource with the id ${first.id}`, { id: first.id })
    }
    const proposals = rules(participants.map((participant) => participant.copy()))
    const now = new Date().toISOString()
    const drafts = participants.map((participant, index) =>
      participant.complete(proposals[index] ?? [], metaOf(plan, proposals), now),
    )
    const fingerprint = fingerprintOf(command ?? drafts.map((events) => events.map(contentOf)))
    const proposed = participants.map((participant, index) =>
      participant.propose(
        (drafts[index] ?? []).map((event) => withFingerprint(event, fingerprint)),
      ),
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

function adopt(participants: readonly Participant[], proposed: readonly Proposed[]): Committed {
  for (const [index, participant] of participants.entries()) {
    const one = proposed[index]
    if (one && one.events.length > 0) participant.adopt(one)
  }
  return proposed.map(({ events }) => events)
}

function annotateFirst(proposed: readonly Proposed[], annotate: Annotate): void {
  const [event] = proposed.flatMap(({ events }) => events)
  if (event) annotate({ event: event.type, number: event.number })
}

function giveUp(
  losers: readonly Participant[],
  expectedVersion: number | undefined,
  participants: readonly Participant[],
): never {
  const [loser] = losers
  const ids = losers.map(({ id }) => id)
  throw new VersionConflict(
    `Other writers committed to ${ids.join(' and ')} at each attempt until the time was over: retry later`,
    {
      id: loser?.id,
      expectedVersion,
      actualVersion: loser?.version,
      ...(participants.length > 1 && { losers: ids }),
    },
  )
}
