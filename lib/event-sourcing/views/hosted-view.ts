import type { AnyAggregate } from '../aggregate.ts'
import { memberOf } from '../aggregate.ts'
import type { StoredEvent } from '../event.ts'
import { ownerIn } from '../state/ownership.ts'
import { keyParts } from './places.ts'
import type { AnyView, EventFacts, KeyPart, ListView, ResourceFacts, ViewKey } from './view.ts'

/** A view of the app, with its place in the API. */
export interface HostedView {
  /** Unique in the app: the name of the query field. */
  readonly name: string
  readonly view: AnyView
  /** The names of the resource types of `view.of`, in the same order. */
  readonly resources: readonly string[]
  /**
   * Returns the key by which queries ask, from the key that `by` returns: `'sold-out'` becomes
   * `'SOLD_OUT'`. Default: the same key.
   */
  readonly toKey?: (key: readonly KeyPart[]) => readonly KeyPart[]
}

/** Returns the key by which queries ask. Undefined: no query finds it. @throws InvalidView */
export function queriedKey(
  { toKey = (key) => key }: HostedView,
  key: ViewKey | undefined,
): readonly KeyPart[] | undefined {
  return key === undefined ? undefined : toKey(keyParts(key))
}

/** Returns the facts about a hydrated resource. */
export function factsOf(resource: AnyAggregate): ResourceFacts {
  const { known } = memberOf(resource)
  const { firstCreated: created = '', lastCreated: changed = '' } = known ?? {}
  return { owner: known && ownerIn(known), created, changed }
}

/** Returns the facts about an event. */
export function factsOfEvent({ id, meta: { owner, actor } }: StoredEvent): EventFacts {
  return { id, owner, actor }
}

/** Whether a list finds a hydrated resource under a key. @throws InvalidView */
export function isUnderKey(
  hosted: HostedView,
  resource: AnyAggregate,
  key: readonly KeyPart[],
): boolean {
  const view = hosted.view
  if (view.kind !== 'list') return false
  const own = queriedKey(hosted, view.by(resource, factsOf(resource)))
  return own !== undefined && JSON.stringify(own) === JSON.stringify(key)
}

/** Returns the fields of a resource's state: its public data, without methods. */
export function stateOf(resource: AnyAggregate): Record<string, unknown> {
  const { id: _, version: __, ...state } = { ...resource }
  return state
}

/** Returns what a list keeps of a resource. */
export function keptOf(view: ListView, resource: AnyAggregate): Record<string, unknown> {
  if (!view.keep) return stateOf(resource)
  return { ...view.keep(resource, factsOf(resource)) }
}
