import type { AnyAggregate, CommandOptions, EventOf, Proposal } from '../aggregate.ts'
import { memberOf } from '../aggregate.ts'
import { sameKind } from '../state/state.ts'
import { withoutId } from '../store/stored-event.ts'
import { commitTo } from './commit-to.ts'
import { listOf } from './proposal.ts'

/** What each resource is given, in the order of the resources. */
export type Proposals<R extends readonly AnyAggregate[]> = {
  readonly [K in keyof R]: Proposal<EventOf<R[K]>>
}

/** What was committed to each resource, in the order of the resources. */
export type CommittedTo<R extends readonly AnyAggregate[]> = {
  readonly [K in keyof R]: readonly EventOf<R[K]>[]
}

/**
 * Commits events to several resources, of one type or of several, all or none. `decide` gets
 * copies of them, up to date, and gives each its events, or undefined; a resource that gets none must not
 * have moved either. Conflicts and repetitions are dealt with as in `commit`.
 *
 *     await commitTogether([product, order], ([product, order]) =>
 *       product.quantity > 0
 *         ? [{ type: 'ProductReserved' }, { type: 'OrderConfirmed' }]
 *         : [undefined, { type: 'OrderRejected', reason: 'sold out' }],
 *     )
 *
 * At most 100 events and resources together, and 4 MB: one transaction of DynamoDB.
 * @throws as `commit`; a VersionConflict names all `losers`
 */
export async function commitTogether<const R extends readonly [AnyAggregate, ...AnyAggregate[]]>(
  resources: R,
  decide: (copies: R) => Proposals<R> | undefined,
  options: CommandOptions = {},
): Promise<CommittedTo<R>> {
  const committed = await commitTo(
    resources.map((resource) => () => memberOf(resource)),
    (copies) => {
      const proposals: readonly unknown[] | undefined = decide(sameKind(resources, copies))
      if (proposals !== undefined && proposals.length !== resources.length) {
        throw new TypeError('decide gives a list with one entry for each resource')
      }
      return (proposals ?? []).map(listOf)
    },
    { ...options, isDecision: true },
  )
  const events: unknown = committed.map((list) => list.map((event) => withoutId(event)))
  return events as CommittedTo<R>
}
