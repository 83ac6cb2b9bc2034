import { isEventSourcingError } from '../errors.ts'
import { upToDate } from '../state/derivation.ts'
import { ownerIn } from '../state/ownership.ts'
import type { OwnedRange } from '../store/event-store.ts'
import type { Batch, Listed, Resources } from './batches.ts'

/** The number of resources that are read at once. */
const AT_ONCE = 10

/**
 * Derives the resources of one owner, in the order of their ids, with one read per resource. The
 * index only suggests them: a resource that belongs to another owner by now is left out.
 * @throws StoreUnavailable
 */
export async function* ownedBatches<A>(
  resources: Resources<A>,
  owner: string,
  range: OwnedRange,
): AsyncGenerator<Batch<A>> {
  for await (const ids of resources.binding.store.owned(owner, range)) {
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const listed = await Promise.all(
        ids.slice(start, start + AT_ONCE).map((id) => listedIfOwned(resources, id, owner)),
      )
      yield { complete: listed.flat(), isMore: false }
    }
  }
}

async function listedIfOwned<A>(
  resources: Resources<A>,
  id: string,
  owner: string,
): Promise<Listed<A>[]> {
  try {
    const derived = await upToDate({ ...resources, id }, undefined)
    if (ownerIn(derived) !== owner) return []
    return [{ id, events: derived.state.version, resource: resources.handOut(derived) }]
  } catch (error) {
    if (isEventSourcingError(error, 'StoreUnavailable')) throw error
    return [{ id, events: 1, error }]
  }
}
