import type { StoredEvent } from '../event.ts'
import { traced } from '../runtime/tracing.ts'
import type { Step } from '../store/event-store.ts'
import type { Participant, Proposed } from './participant.ts'

export type AppendedTogether =
  | { readonly outcome: 'stored' }
  /** The conflicting events of each resource. */
  | { readonly outcome: 'taken'; readonly by: readonly (readonly StoredEvent[])[] }

/**
 * Stores the proposed events of all participants, all or nothing. Stores them only if no
 * participant has changed, including participants without new events. A single event is a plain
 * put.
 */
export function appendTogether(
  participants: readonly Participant[],
  proposed: readonly Proposed[],
): Promise<AppendedTogether> {
  return traced('put', async (annotate) => {
    const appended = await put(participants, proposed)
    annotate({ outcome: appended.outcome })
    return appended
  })
}

async function put(
  participants: readonly Participant[],
  proposed: readonly Proposed[],
): Promise<AppendedTogether> {
  const [only, ...others] = participants
  const [event, ...more] = proposed.flatMap(({ events }) => events)
  if (only && event && others.length === 0 && more.length === 0) {
    const appended = await only.member.binding.append(event)
    return appended.outcome === 'stored' ? appended : { outcome: 'taken', by: [[appended.by]] }
  }
  return transact(participants, proposed)
}

async function transact(
  participants: readonly Participant[],
  proposed: readonly Proposed[],
): Promise<AppendedTogether> {
  const parts = participants.map((participant, index) =>
    stepsOf(participant, proposed[index]?.events ?? []),
  )
  const steps = parts.flat()
  const [first] = steps
  if (!first) return { outcome: 'stored' }
  const transacted = await first.store.transact(steps)
  if (transacted.outcome === 'stored') return transacted
  const inTheWay = [...transacted.by]
  const by = participants.map(({ member: { binding } }, index) =>
    inTheWay
      .splice(0, parts[index]?.length ?? 0)
      .flatMap((stored) => (stored ? [binding.upcast(stored)] : [])),
  )
  return { outcome: 'taken', by }
}

function stepsOf(participant: Participant, events: readonly StoredEvent[]): Step[] {
  const { id, version } = participant
  const { store } = participant.member.binding
  if (events.length === 0) return [{ store, id, number: version + 1 }]
  return events.map((event) => ({ store, id, number: event.number, event }))
}
