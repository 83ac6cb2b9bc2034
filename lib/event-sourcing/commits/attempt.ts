import { ResourceNotFound } from '../errors.ts'
import type { EventMeta, StoredEvent } from '../event.ts'
import { Misuse } from '../runtime/composed-errors.ts'
import { currentTraceId } from '../runtime/tracing.ts'
import { currentDepth, currentOrigin } from '../runtime/work.ts'
import { isPlainObject } from '../state/state.ts'
import { checkTransaction } from '../store/dynamodb/limits.ts'
import type { Participant, Proposed } from './participant.ts'
import type { CommitPlan } from './plan.ts'
import { asRejection, contentOf } from './proposal.ts'
import { fingerprintOf } from './repeated-command.ts'

/** The result of the rules, before anything is stored. */
export type Attempt =
  | {
      readonly outcome: 'events'
      readonly proposed: readonly Proposed[]
      /** Whether the caller has fixed a number, so that a conflict ends the commit. */
      readonly isLocked: boolean
    }
  | { readonly outcome: 'nothing' }
  | { readonly outcome: 'refused'; readonly error: unknown }

/** 4. The rules decide. Their events are applied to copies of the states. */
export function attemptOf(plan: CommitPlan, participants: readonly Participant[]): Attempt {
  const { rules, command, expectedVersion, imported } = plan
  const [first] = participants
  try {
    if (first) checkFirst(plan, first)
    const proposals = rules(participants.map((participant) => participant.copy()))
    const dates = { now: new Date().toISOString(), imported }
    const drafts = participants.map((participant, index) =>
      participant.complete(proposals[index] ?? [], metaOf(plan, proposals), dates),
    )
    for (const [index, participant] of participants.entries()) {
      if (drafts[index]?.length) {
        checkExists(plan, participant)
        checkRepeatable(plan, participant)
      }
    }
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

function checkFirst(plan: CommitPlan, first: Participant): void {
  const { expectedVersion, creates } = plan
  if (expectedVersion !== undefined && expectedVersion !== first.version) {
    throw first.conflict(expectedVersion)
  }
  if (creates === false) checkExists(plan, first)
}

/** Refuses to create a resource by accident, such as one under a mistyped id. */
function checkExists(
  { creates, isRepeatable }: CommitPlan,
  { id, version, member }: Participant,
): void {
  if (version > 0 || member.isFresh || creates === true) return
  if (creates !== false && creates.includes(member.instance)) return
  const hint = isRepeatable ? '' : ": to create it, pass the mutation's options to the commit"
  throw new ResourceNotFound(`There is no resource with the id ${id}${hint}`, { id })
}

/** Refuses a commit of a mutation that would be made again if the client repeats the mutation. */
function checkRepeatable({ isRepeatable }: CommitPlan, { id }: Participant): void {
  if (isRepeatable) return
  throw new Misuse(
    `The client sent a commandId, but the commit to ${id} has none, so a repeated mutation would commit again: pass the mutation's options to the commit`,
  )
}

function metaOf({ commandId }: CommitPlan, proposals: readonly (readonly unknown[])[]): EventMeta {
  const traceId = currentTraceId()
  const depth = currentDepth()
  const resources = proposals.filter(({ length }) => length > 0).length
  return {
    commandId,
    ...(traceId && { traceId }),
    ...(depth > 0 && { depth }),
    ...currentOrigin(),
    ...(resources > 1 && { resources }),
  }
}

function withFingerprint(event: StoredEvent, fingerprint: string): StoredEvent {
  return { ...event, meta: { ...event.meta, fingerprint } }
}

function hasNumber(proposal: unknown): boolean {
  return isPlainObject(proposal) && proposal.number !== undefined
}
