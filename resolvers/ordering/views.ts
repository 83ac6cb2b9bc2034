import { list } from '../../lib/event-sourcing/views/index.ts'
import type { Views } from '../../lib/generated/views.ts'
import { Order } from '../../lib/ordering/index.ts'

export const views = {
  /** The orders of each user, the newest first. Orders that no user owns are in no view. */
  ordersOfOwner: list(Order, {
    version: 1,
    by: (_, { owner }) => owner,
    sort: (_, { created }) => created,
    descending: true,
  }),
} satisfies Views['ordering']
