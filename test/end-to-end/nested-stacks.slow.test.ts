import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { synthesizeInto } from '../support/assembly.ts'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'
import { Subscriber } from '../support/subscriber.ts'

test('domains in nested stacks run with commands, feed and reactions, as in one stack', async () => {
  const assembly = newFolder('nested')
  await synthesizeInto(assembly, 'tests', { nestedStacks: true })
  const template = readFileSync(join(assembly, 'EventSourcing-dev.template.json'), 'utf8')
  expect(Object.keys(JSON.parse(template).Resources)).toContain('ticketsFunctions')

  const run = await LocalRun.start(newFolder('run'), {}, ['--assembly', assembly])
  const subscriber = await Subscriber.connect(run.outputs)
  try {
    const bookings = await subscriber.subscribe('subscription { onBookingEvent { id type } }')
    const added = await run.graphql('mutation { addSeats(input: { amount: 5 }) { id } }')
    const concertId = added.data?.addSeats?.id
    const placed = await run.graphql(
      'mutation ($input: PlaceBookingInput!) { placeBooking(input: $input) { id } }',
      { input: { concertId, quantity: 2 } },
    )
    expect(placed.errors).toBeUndefined()
    const id = placed.data?.placeBooking?.id
    await subscriber.message(bookings, { id, type: 'BookingConfirmed' })
    const { data } = await eventually(async () => {
      const answer = await run.graphql(`{ concert(id: "${concertId}") { quantity version } }`)
      return answer.data?.concert?.version === 2 ? answer : undefined
    })
    expect(data?.concert?.quantity).toBe(3)
    expect(run.output).toMatch(/bookingsFunctions_Commands\w+/)
  } finally {
    subscriber.close()
    await run.remove()
  }
}, 90_000)
