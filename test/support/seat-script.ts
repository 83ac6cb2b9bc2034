// A script as docs/local.md shows it. Adds a seat to a new concert, and prints the concert's id.
import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'

bind(Concert, dynamoDBEventStore({ tableName: process.env.CONCERT_TABLE }))

const concert = new Concert()
await concert.addSeats(1)
process.stdout.write(concert.id)
