import { checkUserId } from '../arguments.ts'
import type { Derived } from './derived.ts'
import type { Versioned } from './handlers.ts'
import { classOf, copyOf } from './state.ts'

/** The start of the `actor` of a user. */
const USER = 'user:'

/** Returns the actor of a user, from the user's id. */
export function actorOfUser(id: string): string {
  return `${USER}${id}`
}

/** Returns the id of the user who is the actor. Undefined for another actor. */
export function userOf(actor: string | undefined): string | undefined {
  return actor?.startsWith(USER) ? actor.slice(USER.length) : undefined
}

/**
 * Whether a class names the owner of its resources itself, with `ownedBy`. Otherwise the owner never
 * changes after the first event.
 */
export function namesOwner(aggregateClass: object): boolean {
  return ownedByOf(aggregateClass) !== undefined
}

/**
 * Returns the id of the user who owns a resource: the one that `ownedBy` of the class names, or else
 * the one that the events name.
 * @throws InvalidArgument if `ownedBy` returns something else than a user's id or undefined
 */
export function ownerIn({ state, owner }: Pick<Derived<Versioned>, 'state' | 'owner'>) {
  const ownedBy = ownedByOf(classOf(state))
  if (!ownedBy || state.version === 0) return owner
  const named: unknown = ownedBy(copyOf(state))
  if (named === undefined || named === null) return owner
  checkUserId('ownedBy', named)
  return named
}

function ownedByOf(aggregateClass: object): ((state: Versioned) => unknown) | undefined {
  const ownedBy: unknown = Reflect.get(aggregateClass, 'ownedBy')
  return isFunction(ownedBy) ? ownedBy : undefined
}

function isFunction(value: unknown): value is (state: Versioned) => unknown {
  return typeof value === 'function'
}
