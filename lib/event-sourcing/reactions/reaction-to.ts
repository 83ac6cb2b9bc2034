import { once } from 'node:events'
import { UnknownEvent } from '../errors.ts'
import type { StoredEvent } from '../event.ts'
import { withoutId } from '../stored-event.ts'
import { within } from '../time-left.ts'
import { causedBy } from '../tracing.ts'
import { type AnyReactor, reactionCommandId } from './reactor.ts'

/** Does what a reactor does about one event, within so many milliseconds. */
export type React = (time: number) => Promise<void>

/**
 * What a reactor does about an event. Undefined for a type that it has no method for, as long as the
 * aggregate knows it: one that neither knows comes from newer code, and waits for it.
 * @param name of the reactor
 */
export function reactionTo(
  name: string,
  reactor: AnyReactor,
  event: StoredEvent,
): React | undefined {
  const { id, number, type, meta } = event
  const method: unknown = Reflect.get(reactor, `on${type}`)
  if (typeof method !== 'function') {
    const isKnown = typeof Reflect.get(reactor.of.prototype, `on${type}`) === 'function'
    return isKnown ? undefined : () => Promise.reject(unknown(event))
  }
  return async (time) => {
    const signal = AbortSignal.timeout(Math.ceil(time))
    const commandId = (position = 1) => reactionCommandId(name, id, number, position)
    const call = async () =>
      Reflect.apply(method, reactor, [withoutId(event), { id, commandId, signal }])
    const work = causedBy(meta.traceId, () => within(time, call))
    const isOver = once(signal, 'abort').then(() => {
      throw new Error(`The reaction took longer than ${Math.round(time)} ms`)
    })
    await Promise.race([work, isOver])
  }
}

function unknown({ id, number, type }: StoredEvent): UnknownEvent {
  const message = `Event ${number} of ${id} is of a type unknown here: ${type}`
  return new UnknownEvent(message, { id, number, type })
}
