import { type AggregateClass, type AnyAggregate, memberOf } from './aggregate.ts'
import { checkId } from './arguments.ts'
import { newestKnown, upToDate } from './state/derivation.ts'
import { namesOwner, ownerIn } from './state/ownership.ts'

/**
 * Returns the id of the user who owns a resource, as far as the instance knows the history. Returns
 * undefined if nobody owns it, or before its first event.
 */
export function ownerOf(resource: AnyAggregate): string | undefined {
  const { known } = memberOf(resource)
  return known && ownerIn(known)
}

/**
 * Returns the id of the user who owns a stored resource now. Returns undefined if nobody owns it, or
 * if it does not exist.
 * @param expected the id of a user. For all other owners, the store is read even if the cache has the
 * owner: the time of the answer does not tell whether the resource exists
 * @throws InvalidId; StoreUnavailable, CorruptHistory, UnknownEvent
 */
export async function findOwner<A extends AnyAggregate>(
  aggregateClass: AggregateClass<A>,
  id: string,
  expected?: string,
): Promise<string | undefined> {
  checkId(id)
  const member = memberOf(new aggregateClass(id))
  const cached = newestKnown(member, undefined)
  // Without `ownedBy`, an owner never changes, so the cache is as good as the store.
  const isEnough = cached?.owner !== undefined && [cached.owner, undefined].includes(expected)
  if (isEnough && !namesOwner(aggregateClass)) return cached.owner
  return ownerIn(await upToDate(member, cached))
}
