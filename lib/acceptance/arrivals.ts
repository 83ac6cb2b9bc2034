import type { Messages } from './api/messages.ts'
import { type ApiEvent, eventsOf, ORDER, type ResourceType } from './api/resources.ts'
import { expectEqual } from './expectations.ts'
import { eventually, type Given, pause } from './promise.ts'

/** Milliseconds in which a message that must not arrive would have arrived. */
export const SETTLED = 300

/** A resource, and the number of its last event before the subscription: 0 for a new one. */
export interface Followed {
  readonly id: string
  readonly after: number
}

/**
 * Waits until all events since the subscription have arrived.
 * @throws Broken if an event arrives twice, or differs from the history
 */
export async function expectMessages(
  given: Given,
  messages: Messages,
  type: ResourceType,
  resources: readonly Followed[],
): Promise<void> {
  const histories = await Promise.all(
    resources.map(async ({ id, after }) => {
      const events = await eventsOf(given, type, id)
      return { id, after, events: events.filter(({ number }) => number > after) }
    }),
  )
  for (const { id, events } of histories) await arrived(given, messages, id, events)
  await pause(SETTLED, given.signal)
  for (const history of histories) expectEach(messages, history)
}

async function arrived(given: Given, messages: Messages, id: string, events: readonly ApiEvent[]) {
  await eventually(given, `the arrival of all events of ${id}`, async () => {
    const seen = messages.of(id).map(numberOf)
    const { lost } = messages
    return events.every(({ number }) => seen.includes(number))
      ? { answer: undefined }
      : { seen: { numbers: seen, ...(lost && { lost }) } }
  })
}

interface History extends Followed {
  readonly events: readonly ApiEvent[]
}

/** An event before the subscription may arrive late. */
function expectEach(messages: Messages, { id, after, events }: History): void {
  const all = messages.of(id)
  const numbers = all.map(numberOf)
  const twice = numbers.filter((number, index) => numbers.indexOf(number) < index)
  expectEqual(`the numbers of ${id} that arrive twice`, twice, [])
  const seen = all
    .filter(({ number }) => number > after)
    .sort((one, other) => one.number - other.number)
  expectEqual(`the numbers of ${id}`, seen.map(numberOf), events.map(numberOf))
  for (const [index, event] of events.entries())
    expectEqual(`the message of event ${event.number}`, { ...seen[index] }, { ...event })
}

/** Waits until a reaction has decided about an order, or the order is cancelled. */
export function decided(given: Given, id: string): Promise<void> {
  return eventually(given, `the decision about the order ${id}`, async () => {
    const events = await eventsOf(given, ORDER, id)
    return events.length > 1 ? { answer: undefined } : { seen: events.map(({ type }) => type) }
  })
}

export function numberOf({ number }: ApiEvent): number {
  return number
}
