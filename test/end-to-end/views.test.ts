import { concertsWith, newConcert } from '../support/concerts.ts'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'

let run: LocalRun

beforeAll(async () => {
  run = await LocalRun.start(undefined, {}, ['--minute', '500'])
}, 60_000)
afterAll(() => run?.remove(), 30_000)

test('a list, a fold and a fresh list follow the commands', async () => {
  const id = await newConcert(run, 2)
  await run.graphql(`mutation { reserveSeats(input: { id: "${id}", quantity: 2 }) { id } }`)
  expect(await concertsWith(run, 'SOLD_OUT', { id, version: 2 })).toContainEqual({
    ...{ id, version: 2 },
    ...{ status: 'SOLD_OUT', quantity: 0 },
  })
  const other = await newConcert(run, 5)
  const booking = await run.graphql(
    `mutation { placeBooking(input: { concertId: "${other}", quantity: 3 }) { id } }`,
  )
  const found = await eventually(async () => {
    const { data } = await run.graphql(
      `{ bookingsOfConcert(concertId: "${other}", from: 3, to: 3) { items { id status } } }`,
    )
    const [item] = data?.bookingsOfConcert?.items ?? []
    return item?.status === 'CONFIRMED' ? item : undefined
  }, 20_000)
  expect(found.id).toBe(booking.data?.placeBooking?.id)
  const today = new Date().toISOString().slice(0, 10)
  await eventually(async () => {
    const { data } = await run.graphql(`{ seatsByDay(day: "${today}") { reserved } }`)
    return data?.seatsByDay?.reserved === 5 || undefined
  }, 20_000)
}, 60_000)
