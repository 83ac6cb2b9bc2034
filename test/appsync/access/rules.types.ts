import {
  everyone,
  group,
  type OwnerlessRule,
  or,
  owner,
  type Rule,
  users,
} from '../../../lib/appsync/index.ts'
import type { Access } from '../../../lib/generated/access.ts'

// Compiles only if the types of rules keep their promises: `tsc` checks it.

type Ordering = Access['ordering']

const complete = {
  order: or(group('staff'), owner),
  orders: owner,
  orderEvents: everyone,
  onOrderEvent: ({ kind }) => kind === 'iam',
  placeOrder: users,
  cancelOrder: or(
    owner,
    (caller, order, { id }) =>
      caller.kind === 'user' && order.status === 'placed' && id === order.id,
  ),
} satisfies Ordering

/** A field without a rule. */
export const missing = {
  ...{ order: owner, orders: owner, orderEvents: owner, onOrderEvent: owner, placeOrder: users },
  // @ts-expect-error Property 'cancelOrder' is missing
} satisfies Ordering

/** A rule for a field that does not exist. */
export const stray = {
  ...complete,
  // @ts-expect-error 'deleteOrder' does not exist
  deleteOrder: owner,
} satisfies Ordering

/** A list and a creation have no resource. */
export const without = {
  ...complete,
  // @ts-expect-error the resource is undefined
  orders: (_, order) => order.status === 'placed',
} satisfies Ordering

/** A subscription has a resource only if the client names one. */
export const sometimes = {
  ...complete,
  // @ts-expect-error the resource may be undefined
  onOrderEvent: (_, order) => order.status === 'placed',
} satisfies Ordering

export const ownerless: OwnerlessRule<{ readonly day: string }> = or(
  group('staff'),
  (_, _resource, { day }) => day > '2030',
)

// @ts-expect-error a field that concerns no resource has no owner
export const noOwner: OwnerlessRule<object> = owner
// @ts-expect-error also not as one of several rules
export const noOwnerEither: OwnerlessRule<object> = or(users, owner)
// @ts-expect-error a rule returns a boolean
export const noBoolean: Rule<undefined, object> = () => 'yes'
