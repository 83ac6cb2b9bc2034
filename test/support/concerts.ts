import { eventually } from './eventually.ts'
import type { LocalRun } from './local-run.ts'

/** Creates a concert. Returns its id. */
export async function newConcert(run: LocalRun, amount: number): Promise<string> {
  const mutation = 'mutation ($input: AddSeatsInput!) { addSeats(input: $input) { id } }'
  const { data } = await run.graphql(mutation, { input: { amount } })
  return data?.addSeats?.id ?? ''
}

/** Asks for the concerts of a status until the view has the event. */
export function concertsWith(
  run: LocalRun,
  status: string,
  after: { id: string; version: number },
) {
  const query = `query ($status: ConcertStatus!, $after: ViewPosition) {
    concertsByStatus(status: $status, limit: 100, after: $after) {
      items { id version status quantity } behind
    }
  }`
  return eventually(async () => {
    const { data, errors } = await run.graphql(query, { status, after })
    expect(errors).toBeUndefined()
    return data?.concertsByStatus?.behind === false ? data.concertsByStatus.items : undefined
  }, 20_000)
}
