import type { Messages } from './api/messages.ts'
import { type ApiEvent, eventsOf, ORDER, type ResourceType } from './api/resources.ts'
import { expectEqual } from './expectations.ts'
import { eventually, type Given, pause } from './promise.ts'

/** Milliseconds in which a message that must not arrive would have arrived. */
export const SETTLED = 300

/**
 * Waits until all events since the subscription have arrived.
 * @throws Broken if an event arrives twice, or differs from the history
 */
export async function expectMessages(
  given: Given,
  messages: Messages,
  type: ResourceType,
  ids: readonly string[],
): Promise<void> {
  const histories = await Promise.all(ids.map((id) => eventsOf(given, type, id)))
  for (const events of histories) await arrived(given, messages, events)
  await pause(SETTLED, given.signal)
  for (const events of histories) expectEach(messages, events)
}

/** Waits until each event since the first message about its resource has arrived. */
async function arrived(given: Given, messages: Messages, events: readonly ApiEvent[]) {
  const [{ id } = { id: '' }] = events
  await eventually(given, `the arrival of all events of ${id}`, async () => {
    const seen = messages.of(id).map(numberOf)
    const [first = Number.POSITIVE_INFINITY] = [...seen].sort((one, other) => one - other)
    const wanted = events.filter(({ number }) => number >= first).map(numberOf)
    const isComplete = wanted.length > 0 && wanted.every((number) => seen.includes(number))
    const { lost } = messages
    return isComplete ? { answer: undefined } : { seen: { numbers: seen, ...(lost && { lost }) } }
  })
}

function expectEach(messages: Messages, events: readonly ApiEvent[]): void {
  const [{ id } = { id: '' }] = events
  const seen = [...messages.of(id)].sort((one, other) => one.number - other.number)
  const wanted = events.filter(({ number }) => number >= (seen[0]?.number ?? 0))
  expectEqual(`the numbers of ${id}`, seen.map(numberOf), wanted.map(numberOf))
  for (const [index, event] of wanted.entries())
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
