import { fold, list } from '../../lib/event-sourcing/views/index.ts'
import type { Views } from '../../lib/generated/views.ts'
import { Product } from '../../lib/shopping/index.ts'

export const views = {
  productsByStatus: list(Product, {
    version: 1,
    by: ({ status }) => status,
    sort: ({ quantity }) => quantity,
  }),

  /** How many products were reserved on a day. A release later takes none of them back. */
  reservedByDay: fold(Product, {
    version: 1,
    by: ({ created }) => created.slice(0, 10),
    initial: { reserved: 0 },
    on: {
      // As in the class: an event of the first version has no quantity.
      ProductReserved: ({ reserved }, { quantity = 1 }) => ({ reserved: reserved + quantity }),
    },
  }),
} satisfies Views['shopping']
