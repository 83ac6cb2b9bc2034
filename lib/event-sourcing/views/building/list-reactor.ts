import type { AnyAggregate } from '../../aggregate.ts'
import { memberOf } from '../../aggregate.ts'
import { type BatchReactor, TakeInFailed } from '../../reactions/reactor.ts'
import { factsOf, type HostedView, keptOf, queriedKey } from '../hosted-view.ts'
import {
  type BuildName,
  indexKey,
  indexSort,
  keyText,
  partOf,
  resourcePlace,
  sortText,
} from '../places.ts'
import { storable } from '../plain.ts'
import type { Entry, ViewStore } from '../store/view-store.ts'
import type { ListView } from '../view.ts'

export interface ListReactorOptions {
  readonly hosted: HostedView
  readonly view: ListView
  readonly name: BuildName
  readonly store: ViewStore
  /** Receives the date of a newest event that the view now shows. */
  readonly shown: (created: string) => void
}

/**
 * Returns the reactor that keeps a build of a list up to date: one entry for each resource, which is
 * replaced by a newer one only. So the order of the runs and their repetitions do not matter.
 */
export function listReactor({
  hosted,
  view,
  name,
  store,
  shown,
}: ListReactorOptions): BatchReactor {
  return {
    of: view.of,
    begins: 'beginning',

    async takeIn({ id, after }) {
      const resource = new view.of(id)
      await resource.hydrate()
      const { version } = resource
      // The stream announced an event that the table does not have: the runner parks it.
      if (version <= after) return version
      let entry: Entry
      try {
        entry = listEntry({ hosted, view, name }, resource)
      } catch (error) {
        throw new TakeInFailed({ number: version, type: '' }, error)
      }
      await store.putNewer(entry)
      shown(memberOf(resource).known?.lastCreated ?? '')
      return version
    },
  }
}

/** Returns the entry of a hydrated resource. @throws InvalidView, and the errors of the functions */
export function listEntry(
  { hosted, view, name }: Pick<ListReactorOptions, 'hosted' | 'view' | 'name'>,
  resource: AnyAggregate,
): Entry {
  const { id, version } = resource
  const facts = factsOf(resource)
  const place = { ...resourcePlace(name, id), revision: version }
  const key = queriedKey(hosted, view.by(resource, facts))
  // Queries do not find it. The entry still tells that the view knows the resource.
  if (!key) return { ...place, body: { id } }
  const sort = view.sort ? sortText(view.sort(resource, facts)) : ''
  const part = partOf(id, view.spread ?? 1)
  return {
    ...place,
    key: indexKey(name, keyText(key), part),
    sort: indexSort(sort, id),
    body: { id, kept: storable('The result of keep', keptOf(view, resource)) },
  }
}
