import { CommandIdReused, VersionConflict } from '../errors.ts'
import { deadline, inOneTime, Retries } from '../runtime/time-left.ts'
import { type Annotate, traced } from '../runtime/tracing.ts'
import { Turns } from '../runtime/turns.ts'
import { committedInWork } from '../runtime/work.ts'
import { appendTogether } from './append.ts'
import { attemptOf } from './attempt.ts'
import { Participant, type Proposed } from './participant.ts'
import { type CommitPlan, type Committed, keyOf } from './plan.ts'
import { committedBefore } from './repeated-command.ts'

/** Queues commits per instance and per resource, so that instances of one resource take turns. */
export const turns = new Turns()

const PACE = { first: 10, longest: 500 }

/**
 * Commits the events that the plan's rules return for the current states. Waits for earlier commits
 * to the same resources. Afterwards updates the instances, whether the commit succeeded or failed.
 */
export function commit(plan: CommitPlan): Promise<Committed> {
  const { members } = plan
  const keys = [...members.map(({ instance }) => instance), ...members.map(keyOf)]
  const work = () =>
    traced('commit', async (annotate) => {
      const participants = members.map((member) => new Participant(member))
      annotate({ resource: participants[0]?.id ?? '' })
      checkOnce(plan)
      try {
        const committed = await withRetries(plan, participants, annotate)
        for (const command of commandsOf(plan)) committedInWork().add(command)
        return committed
      } finally {
        for (const participant of participants) participant.updateInstance()
      }
    })
  return inOneTime(() => turns.run(keys, work))
}

/**
 * Refuses a second commit under a commandId within one mutation or reaction. The store would take it
 * for a repetition of the first, and its events would be missing.
 * @throws CommandIdReused
 */
function checkOnce(plan: CommitPlan): void {
  const { members, commandId } = plan
  const index = commandsOf(plan).findIndex((command) => committedInWork().has(command))
  const member = members[index]
  if (!member) return
  const { id, instanceVersion: number } = member
  throw new CommandIdReused(
    `${id} was already committed under the commandId ${commandId}: decide all events in one commit, or give the second commit a commandId of its own`,
    { id, number, commandId },
  )
}

/** Returns keys that identify the command at each of its resources. */
function commandsOf({ members, commandId }: CommitPlan): string[] {
  return members.map((member) => `${keyOf(member)} ${commandId}`)
}

/**
 * Steps 3 to 5 of the README: from the cached states to new events in the store, or to a rejection. Cached state
 * is trusted until a put proves that it is outdated. Before an outcome without a put, the store
 * confirms the state.
 */
async function withRetries(
  plan: CommitPlan,
  participants: readonly Participant[],
  annotate: Annotate,
): Promise<Committed> {
  const isOne = participants.length === 1
  const retries = new Retries(PACE, deadline())
  let conflicts = 0
  let isConfirmed = (await readUnknown(participants)) && isOne
  for (;;) {
    const before = await committedBefore(plan, participants)
    if (before) return before
    // 4. The rules decide.
    const attempt = attemptOf(plan, participants)
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
      if (conflicts > 1 && !(await retries.next())) {
        await refresh(participants)
        return (await committedBefore(plan, participants)) ?? giveUp(losers, tried, participants)
      }
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

/** 3. Hydrates the participants without cached state. Returns true if all were hydrated. */
async function readUnknown(participants: readonly Participant[]): Promise<boolean> {
  const unknown = participants.filter((participant) => !participant.isKnown)
  await refresh(unknown)
  // The caller's `apply` has added an event that is not stored: a commit would leave a gap.
  for (const participant of unknown)
    if (!participant.isKnown) throw participant.conflict(participant.member.instanceVersion)
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

function adopt(participants: readonly Participant[], proposed: readonly Proposed[]): Committed {
  for (const [index, participant] of participants.entries()) {
    const one = proposed[index]
    if (one && one.events.length > 0) participant.adopt(one)
  }
  return proposed.map(({ events }) => events)
}

function annotateFirst(proposed: readonly Proposed[], annotate: Annotate): void {
  const [event] = proposed.flatMap(({ events }) => events)
  if (!event) return
  const { type, number, meta } = event
  const { actor, owner } = meta
  annotate({
    ...{ event: type, number },
    ...(actor !== undefined && { actor }),
    ...(owner !== undefined && { owner }),
  })
}

function giveUp(
  losers: readonly Participant[],
  expectedVersion: number | undefined,
  participants: readonly Participant[],
): never {
  const [loser] = losers
  const ids = losers.map(({ id }) => id)
  throw new VersionConflict(
    `Other writers committed to ${ids.join(' and ')} at each attempt until the time limit: retry later`,
    {
      id: loser?.id,
      expectedVersion,
      actualVersion: loser?.version,
      ...(participants.length > 1 && { losers: ids }),
    },
  )
}
