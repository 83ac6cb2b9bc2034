import { fold, list } from '../../../../lib/event-sourcing/views/index.ts'
import type { Views } from '../../lib/generated/views.ts'
import { Concert } from '../../lib/tickets/index.ts'

export const views = {
  concertsByStatus: list(Concert, {
    version: 1,
    by: ({ status }) => status,
    sort: ({ quantity }) => quantity,
  }),

  seatsByDay: fold(Concert, {
    version: 1,
    by: ({ created }) => created.slice(0, 10),
    initial: { reserved: 0 },
    on: {
      SeatsReserved: ({ reserved }, { quantity }) => ({ reserved: reserved + quantity }),
    },
  }),
} satisfies Views['tickets']
