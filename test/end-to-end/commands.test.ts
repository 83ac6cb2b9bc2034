import { LocalRun } from '../support/local-run.ts'

const NOWHERE = '3b241101-e2bb-4255-8caf-4136c566a962'
let run: LocalRun

beforeAll(async () => {
  run = await LocalRun.start()
}, 60_000)
afterAll(() => run?.remove(), 30_000)

const addSeats = (input: object) =>
  run.graphql(
    `mutation ($input: AddSeatsInput!) {
      addSeats(input: $input) { id version quantity }
    }`,
    { input },
  )
const reserve = (input: object) =>
  run.graphql(
    `mutation ($input: ReserveSeatsInput!) {
      reserveSeats(input: $input) { id version quantity }
    }`,
    { input },
  )
const concert = (variables: object) =>
  run.graphql(
    `query ($id: ID!, $version: Int, $at: AWSDateTime) {
      concert(id: $id, version: $version, at: $at) { id version quantity }
    }`,
    variables,
  )
const events = async (id: string) => {
  const query = 'query ($id: ID!) { concertEvents(id: $id) { number type created commandId } }'
  const { data } = await run.graphql(query, { id })
  return data?.concertEvents ?? []
}

/** Creates a concert with `amount` seats. Returns its id. */
async function opened(amount: number): Promise<string> {
  const { data } = await addSeats({ amount })
  return data?.addSeats?.id ?? ''
}

describe('a commandId', () => {
  test('commits a repeated command once', async () => {
    const id = await opened(5)
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => reserve({ id, commandId: 'reserve-1' })),
    )
    await addSeats({ id, amount: 1 })
    answers.push(await reserve({ id, commandId: 'reserve-1' }))
    for (const { errors } of answers) expect(errors).toBeUndefined()
    expect((await events(id)).map(({ commandId }) => commandId)).toEqual([
      expect.any(String),
      'reserve-1',
      expect.any(String),
    ])
  })

  test('without an id creates one concert, however often the command is sent', async () => {
    const input = { amount: 2, commandId: `create-${Date.now()}` }
    const answers = await Promise.all([addSeats(input), addSeats(input), addSeats(input)])
    answers.push(await addSeats(input))
    const ids = answers.map(({ data }) => data?.addSeats?.id ?? '')
    expect(new Set(ids).size).toBe(1)
    expect(await events(ids[0] ?? '')).toHaveLength(1)
  })

  test('of another command fails with CommandIdReused, and no event is stored', async () => {
    const commandId = `create-${Date.now()}-other`
    const { data } = await addSeats({ amount: 2, commandId })
    const id = data?.addSeats?.id ?? ''
    for (const again of [
      addSeats({ amount: 3, commandId }),
      addSeats({ id, amount: 3, commandId }),
      reserve({ id, commandId }),
    ]) {
      const { errors } = await again
      expect(errors).toMatchObject([
        { errorType: 'CommandIdReused', errorInfo: { id, number: 1, commandId } },
      ])
    }
    expect(await events(id)).toHaveLength(1)
  })

  test('of a rejected command can be used again', async () => {
    const id = await opened(1)
    await reserve({ id })
    const refused = await reserve({ id, commandId: 'late' })
    expect(refused.errors).toMatchObject([{ errorType: 'SoldOut' }])
    await addSeats({ id, amount: 1 })
    expect((await reserve({ id, commandId: 'late' })).data?.reserveSeats?.version).toBe(4)
  })

  test.each(['', 'x'.repeat(129), '\ud800'])(
    'of %p fails with InvalidArgument',
    async (commandId) => {
      const { errors } = await addSeats({ amount: 1, commandId })
      expect(errors).toMatchObject([
        { errorType: 'InvalidArgument', errorInfo: { argument: 'commandId' } },
      ])
    },
  )
})

describe('an earlier state of a concert', () => {
  test('is returned at a version or an instant, and is null outside the history', async () => {
    const id = await opened(5)
    await reserve({ id })
    const [first, second] = await events(id)
    const then = async (moment: object) => (await concert({ id, ...moment })).data?.concert
    expect(await then({ version: 1 })).toEqual({ id, version: 1, quantity: 5 })
    expect(await then({ version: 2 })).toEqual({ id, version: 2, quantity: 4 })
    expect(await then({ version: 3 })).toBeNull()
    expect(await then({ at: second?.created })).toEqual({ id, version: 2, quantity: 4 })
    const before = new Date(Date.parse(first?.created ?? '') - 1).toISOString()
    expect(await then({ at: before })).toBeNull()
    expect(await then({})).toMatchObject({ version: 2 })
  })

  test('at an invalid version fails with InvalidArgument', async () => {
    const { errors } = await concert({ id: NOWHERE, version: 0 })
    expect(errors).toMatchObject([{ errorType: 'InvalidArgument' }])
    const both = await concert({ id: NOWHERE, version: 1, at: '2030-01-01T00:00:00Z' })
    expect(both.errors).toMatchObject([{ errorType: 'InvalidArgument' }])
  })
})
