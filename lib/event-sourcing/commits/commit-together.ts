import type { AnyAggregate, Proposal } from '../aggregate.ts'
import { memberOf } from '../aggregate.ts'
import type { EventOf, WithoutStray } from '../event.ts'
import { Misuse } from '../runtime/composed-errors.ts'
import { partOfWork } from '../runtime/work.ts'
import { sameKind } from '../state/state.ts'
import { withoutId } from '../store/stored-event.ts'
import { commit } from './commit.ts'
import { type CommandOptions, planOf } from './plan.ts'
import { checkSynchronous, kindOf, listOf } from './proposal.ts'

/** The events for each resource, in the order of the resources. */
export type Proposals<R extends readonly AnyAggregate[]> = {
  readonly [K in keyof R]: Proposal<EventOf<R[K]>>
}

/** The proposals, without attributes that the events do not have: see {@link WithoutStray}. */
export type WithoutStrays<R extends readonly AnyAggregate[], P> =
  P extends Proposals<R>
    ? { readonly [K in keyof R & keyof P]: WithoutStray<EventOf<R[K]>, P[K]> }
    : P

/** The committed events of each resource, in the order of the resources. */
export type CommittedTo<R extends readonly AnyAggregate[]> = {
  readonly [K in keyof R]: readonly EventOf<R[K]>[]
}

/**
 * Commits events to several resources of one or several types: all of them or none. `decide` gets
 * current copies of the resources and returns the events for each one, or undefined. The commit
 * also fails if a resource without new events has changed meanwhile. Conflicts and repeated
 * commands behave as in `commit`.
 *
 *     await commitTogether([product, order], ([product, order]) =>
 *       product.quantity > 0
 *         ? [{ type: 'ProductReserved', quantity: 1 }, { type: 'OrderConfirmed' }]
 *         : [undefined, { type: 'OrderRejected', reason: 'sold out' }],
 *     )
 *
 * A resource that was made with an id must exist if it gets events, unless `creates` names it. A
 * commit is one DynamoDB transaction: at most 100 events and resources together, and 4 MB.
 * @throws the errors of `commit`; a VersionConflict lists all `losers`
 */
export function commitTogether<
  const R extends readonly [AnyAggregate, ...AnyAggregate[]],
  const P extends Proposals<R> | undefined = Proposals<R> | undefined,
>(
  resources: R,
  decide: (copies: R) => P & WithoutStrays<R, P>,
  options: CommandOptions = {},
): Promise<CommittedTo<R>> {
  return partOfWork(committedTo(resources, decide, options))
}

async function committedTo<const R extends readonly [AnyAggregate, ...AnyAggregate[]]>(
  resources: R,
  decide: (copies: R) => readonly unknown[] | undefined,
  options: CommandOptions,
): Promise<CommittedTo<R>> {
  const rules = (copies: readonly unknown[]) => {
    const proposals = decide(sameKind(resources, copies))
    checkSynchronous(proposals)
    if (proposals !== undefined && proposals?.length !== resources.length) {
      const got = Array.isArray(proposals) ? proposals.length : kindOf(proposals)
      throw new Misuse(
        `decide must return a list of ${resources.length} entries, one for each resource; got ${got}`,
      )
    }
    return (proposals ?? []).map(listOf)
  }
  const committed = await commit(
    planOf(resources.map(memberOf), rules, { isDecision: true, isTogether: true }, options),
  )
  const events: unknown = committed.map((list) => list.map((event) => withoutId(event)))
  return events as CommittedTo<R>
}
