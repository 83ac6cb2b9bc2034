import {
  type CommandInput,
  commitOptions,
  resourceId,
} from '../../lib/appsync/resolvers/arguments.ts'
import { bind, dynamoDBEventStore, OutcomeUnknown, within } from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { type Fault, withDynamoDBProxy } from '../support/dynamodb-proxy.ts'
import { refusal } from '../support/refusal.ts'

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)

beforeEach(async () => {
  const tableName = await dynamodb.newTable()
  bind(Concert, dynamoDBEventStore({ tableName, client: proxy.client() }))
})

/** Runs the steps of a command function. */
async function addSeats(input: CommandInput): Promise<Concert> {
  const concert = new Concert(resourceId(input))
  await concert.addSeats(1, commitOptions(input))
  return concert
}

describe('a create command with an unknown outcome', () => {
  const unknown = async (fault: Fault, input: CommandInput) => {
    proxy.fail('PutItem', fault)
    const { data } = await refusal(
      within(1000, () => addSeats(input)),
      OutcomeUnknown,
    )
    proxy.fault = () => undefined
    return { id: `${data.id}`, commandId: `${data.commandId}` }
  }

  test.each<Fault>(['answer lost', 'cut'])(
    'creates one resource when the client repeats its commandId: %s',
    async (fault) => {
      const { id } = await unknown(fault, { commandId: 'create' })
      const concert = await addSeats({ commandId: 'create' })
      expect(concert).toMatchObject({ id, version: 1 })
    },
  )

  test('returns the stored resource for the id and commandId of the error', async () => {
    const repetition = await unknown('answer lost', {})
    expect(await addSeats(repetition)).toMatchObject({ id: repetition.id, version: 1 })
  })

  test('fails with ResourceNotFound for that id and commandId if nothing was stored', async () => {
    const repetition = await unknown('cut', {})
    await expect(addSeats(repetition)).rejects.toMatchObject({ code: 'ResourceNotFound' })
  })
})

test('a UUID in capitals is converted to lower case', () => {
  const id = '5e6b6a34-0b1c-4d2e-8f3a-1b2c3d4e5f60'
  expect(resourceId({ id: id.toUpperCase() })).toBe(id)
})
