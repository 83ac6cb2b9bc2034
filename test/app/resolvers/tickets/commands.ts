import { command } from '../../../../lib/appsync/index.ts'
import type { MutationResolvers } from '../../lib/generated/schema.ts'
import { Concert } from '../../lib/tickets/index.ts'

export const commands = {
  addSeats: command(Concert, (concert, { amount }, options) => concert.addSeats(amount, options)),

  reserveSeats: command(Concert, (concert, { quantity }, options) =>
    concert.reserve({ quantity, ...options }),
  ),
} satisfies MutationResolvers
