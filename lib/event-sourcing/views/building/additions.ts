import type { StoredEvent } from '../../event.ts'
import { unknownEventError } from '../../reactions/reaction-to.ts'
import { handles } from '../../state/handlers.ts'
import { upcast } from '../../state/upcasters.ts'
import { withoutId } from '../../store/stored-event.ts'
import { factsOfEvent, type HostedView, queriedKey } from '../hosted-view.ts'
import { keyText, sortText } from '../places.ts'
import { storable } from '../plain.ts'
import type { FoldView, KeyPart } from '../view.ts'

/** A row as its parts are stored. */
export type Row = Readonly<Record<string, unknown>>

/** An event that counts to a row of a fold. */
export interface Addition {
  readonly event: StoredEvent
  readonly key: readonly KeyPart[]
  /** The key as text: equal keys have equal texts. */
  readonly keyText: string
  /** The sort value as text. Undefined: the view has one row for each key. */
  readonly sort: string | undefined
  /** Returns the row with the event. @throws the errors of the view's function; InvalidView */
  add(row: Row): Row
}

/**
 * Returns the addition of a stored event. Undefined if the event does not count.
 * @throws UnknownEvent for an event of newer code; InvalidView; the errors of the view's functions
 */
export function additionOf(
  hosted: HostedView,
  view: FoldView,
  of: object,
  stored: StoredEvent,
): Addition | undefined {
  const event = upcast(of, stored)
  const { type } = event
  const add = Object.hasOwn(view.on, type) ? view.on[type] : undefined
  if (!add) {
    if (handles(of, type)) return undefined
    throw unknownEventError(event)
  }
  const plain = withoutId(event)
  const facts = factsOfEvent(event)
  const key = queriedKey(hosted, view.by(plain, facts))
  if (!key) return undefined
  return {
    event,
    key,
    keyText: keyText(key),
    sort: view.sort && sortText(view.sort(plain, facts)),
    add: (row) => storable(`The row of on.${type}`, add(structuredClone(row), plain, facts)),
  }
}
