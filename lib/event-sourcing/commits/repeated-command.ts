import { createHash } from 'node:crypto'
import { CommandIdReused } from '../errors.ts'
import type { StoredEvent } from '../event.ts'
import { Retries } from '../runtime/time-left.ts'
import type { Versioned } from '../state/handlers.ts'
import { REREADS } from '../state/history.ts'
import { canonical } from '../store/stored-event.ts'
import type { Participant } from './participant.ts'
import type { CommitPlan, Committed, Rules } from './plan.ts'
import { completeEvent, contentOf } from './proposal.ts'

/** 132 bits, so that an accidental collision is practically impossible. */
const FINGERPRINT_LENGTH = 22

/** Returns a short hash of a command's content. The order of its attributes does not matter. */
export function fingerprintOf(command: unknown): string {
  const hash = createHash('sha256').update(canonical(command))
  return hash.digest('base64url').slice(0, FINGERPRINT_LENGTH)
}

/**
 * Returns the events that this command has already committed, as far as the participants know.
 * Returns undefined if there are none. A later put proves that the participants have all events.
 * @throws CommandIdReused if another command has committed under the same commandId
 */
export async function committedBefore(
  plan: CommitPlan,
  participants: readonly Participant[],
): Promise<Committed | undefined> {
  const { commandId } = plan
  const find = () =>
    Promise.all(participants.map((participant) => participant.committedBy(commandId)))
  let found = await find()
  const hit = found.flatMap((events) => events ?? [])[0]
  if (!hit) return undefined
  // A read may show only a part of a transaction over several resources.
  const { resources = 1 } = hit.meta
  const rereads = new Retries(REREADS)
  while (count(found) < resources && (await rereads.next())) {
    await Promise.all(participants.map((participant) => participant.refresh()))
    found = await find()
  }
  const committed = found.map((events) => events ?? [])
  if (count(found) === resources && (await isSameCommand(plan, participants, hit, committed))) {
    return committed
  }
  const { id, number } = hit
  throw new CommandIdReused(
    `Another command was committed under the commandId ${commandId}: use a new commandId`,
    {
      id,
      number,
      commandId,
    },
  )
}

function count(found: readonly (readonly StoredEvent[] | undefined)[]): number {
  return found.filter((events) => events !== undefined).length
}

/** Compares the fingerprints of named commands. Otherwise compares the events of both commands. */
async function isSameCommand(
  { command, isDecision, rules }: CommitPlan,
  participants: readonly Participant[],
  hit: StoredEvent,
  committed: Committed,
): Promise<boolean> {
  if (command !== undefined) {
    return hit.meta.fingerprint === undefined || hit.meta.fingerprint === fingerprintOf(command)
  }
  if (!isDecision) return isSameContent(rules, [], participants, committed)
  const before = await Promise.all(
    participants.map((participant, index) => {
      const [first] = committed[index] ?? []
      return first && participant.copyBefore(first.number)
    }),
  )
  const copies = before.filter((copy) => copy !== undefined)
  // The old state of a resource without an event is unknown. Only named commands can be compared.
  return (
    copies.length < participants.length || isSameContent(rules, copies, participants, committed)
  )
}

function isSameContent(
  rules: Rules,
  copies: readonly Versioned[],
  participants: readonly Participant[],
  committed: Committed,
): boolean {
  try {
    const proposals = rules(copies)
    return participants.every(({ member: { aggregateClass, id } }, index) => {
      const context = { id, version: 0, lastCreated: undefined, now: '' }
      const contents = (proposals[index] ?? []).map((proposal) =>
        contentOf(completeEvent(aggregateClass, proposal, context, { commandId: '' })),
      )
      return canonical(contents) === canonical(committed[index]?.map(contentOf) ?? [])
    })
  } catch {
    // The committed command passed the rules on the old state, so this is a different command.
    return false
  }
}
