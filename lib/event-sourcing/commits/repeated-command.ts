import { setTimeout as delay } from 'node:timers/promises'
import { CommandIdReused } from '../errors.ts'
import type { StoredEvent } from '../event.ts'
import type { Versioned } from '../state/handlers.ts'
import type { CommitPlan, Committed } from './commit.ts'
import { canonical, fingerprintOf } from './fingerprint.ts'
import { completeEvent, contentOf } from './proposal.ts'

const MOST_REREADS = 4

/**
 * The events that the command has committed already, as far as is known of the resources; undefined
 * where it has not. A put proves later on that nothing newer is there.
 * @throws CommandIdReused where another command has committed under its id
 */
export async function committedBefore(plan: CommitPlan): Promise<Committed | undefined> {
  const { participants, commandId } = plan
  const find = () =>
    Promise.all(participants.map((participant) => participant.committedBy(commandId)))
  let found = await find()
  const hit = found.flatMap((events) => events ?? [])[0]
  if (!hit) return undefined
  // A read may show half of a transaction over several resources.
  const { resources = 1 } = hit.meta
  for (let rereads = 0; count(found) < resources && rereads < MOST_REREADS; rereads += 1) {
    await delay(10 * 2 ** rereads)
    await Promise.all(participants.map((participant) => participant.refresh()))
    found = await find()
  }
  const committed = found.map((events) => events ?? [])
  if (count(found) === resources && (await isSameCommand(plan, hit, committed))) return committed
  const { id, number } = hit
  throw new CommandIdReused(
    `Another command was committed under the commandId ${commandId}: each needs one of its own`,
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

/** By the fingerprint where the command was named, else by what it makes: then as now. */
async function isSameCommand(
  plan: CommitPlan,
  hit: StoredEvent,
  committed: Committed,
): Promise<boolean> {
  const { command, isDecision, participants } = plan
  if (command !== undefined) {
    return hit.meta.fingerprint === undefined || hit.meta.fingerprint === fingerprintOf(command)
  }
  if (!isDecision) return isSameContent(plan, [], committed)
  const before = await Promise.all(
    participants.map((participant, index) => {
      const [first] = committed[index] ?? []
      return first && participant.copyBefore(first.number)
    }),
  )
  const copies = before.filter((copy) => copy !== undefined)
  // How those were that got no event is not known: then only a named command can be compared.
  return copies.length < participants.length || isSameContent(plan, copies, committed)
}

function isSameContent(
  { participants, rules }: CommitPlan,
  copies: readonly Versioned[],
  committed: Committed,
): boolean {
  try {
    const proposals = rules(copies)
    return participants.every(({ member: { make, id } }, index) => {
      const ground = { id, version: 0, lastCreated: undefined, now: '' }
      const contents = (proposals[index] ?? []).map((proposal) =>
        contentOf(completeEvent(make, proposal, ground, { commandId: '' })),
      )
      return canonical(contents) === canonical(committed[index]?.map(contentOf) ?? [])
    })
  } catch {
    // On the state of that time, that command was not refused: this is another one.
    return false
  }
}
