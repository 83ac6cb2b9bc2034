interface Api {
  readonly graphqlUrl: string
  readonly apiKey: string
}

/** The times of a view after commands, in milliseconds. */
export interface ViewLag {
  /** From the answer of a command to the answer of the query that contains its event. */
  readonly shown: readonly number[]
  /** The queries that gave up after a second. */
  readonly behind: number
}

/**
 * Measures commands one after the other, each followed by a query of a list with `after`. The time
 * includes the query.
 */
export async function viewLag({ graphqlUrl, apiKey }: Api, commands: number): Promise<ViewLag> {
  const ask = async <T>(query: string): Promise<T> => {
    const response = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    return JSON.parse(await response.text()).data
  }
  const addSeats = async (input: string): Promise<{ id: string; version: number }> =>
    (
      await ask<{ addSeats: { id: string; version: number } }>(
        `mutation { addSeats(input: { ${input} }) { id version } }`,
      )
    ).addSeats
  const isShown = async ({ id, version }: { id: string; version: number }) => {
    const query = `{ concertsByStatus(status: AVAILABLE, limit: 1, after: { id: "${id}", version: ${version} }) { behind } }`
    return !(await ask<{ concertsByStatus: { behind: boolean } }>(query)).concertsByStatus.behind
  }
  const first = await addSeats('amount: 1')
  // The first build takes a moment.
  while (!(await isShown(first)));
  const shown: number[] = []
  let behind = 0
  for (let count = 0; count < commands; count += 1) {
    const written = await addSeats(`id: "${first.id}", amount: 1`)
    const answered = performance.now()
    if (!(await isShown(written))) behind += 1
    shown.push(performance.now() - answered)
  }
  return { shown, behind }
}
