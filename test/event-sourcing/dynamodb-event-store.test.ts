import {
  bind,
  dynamoDBEventStore,
  StoreUnavailable,
  within,
} from '../../lib/event-sourcing/index.ts'
import { eventStoreContract, ownersContract } from '../../lib/event-sourcing/testing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { clientFor } from '../support/client.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { refusal } from '../support/refusal.ts'

const dynamodb = withDynamoDB()

async function emptyStore(options?: { readonly owners: boolean }) {
  const tableName = await dynamodb.newTable(options)
  return dynamoDBEventStore({ tableName, client: dynamodb.client })
}

describe('the DynamoDB store', () => {
  test.each(eventStoreContract)('$name', async ({ run }) => run(await emptyStore()), 20_000)

  test.each(ownersContract)('$name', async ({ run }) => run(await emptyStore({ owners: true })))

  test('a list by owner names the missing index of a table', async () => {
    bind(Concert, await emptyStore())
    const error = await refusal(Concert.findAll({ owner: 'alice' }), StoreUnavailable)
    expect(String(error)).toContain('byOwner')
  })

  test('a concert is found after seats are added and reserved', async () => {
    bind(Concert, await emptyStore())
    const concert = new Concert()
    await concert.addSeats(2)
    await concert.reserve()
    expect(await Concert.findOne(concert.id)).toEqual(concert)
    expect((await Concert.findAll()).items).toEqual([concert])
  })

  test('32 writers never oversell a concert, and each reservation is stored once', async () => {
    bind(Concert, await emptyStore())
    const { id } = new Concert()
    await new Concert(id).addSeats(20)
    const results = await Promise.allSettled(
      Array.from({ length: 32 }, () => new Concert(id).reserve()),
    )
    const reservations = results.filter(({ status }) => status === 'fulfilled')
    expect(reservations).toHaveLength(20)
    const concert = await Concert.findOne(id)
    expect(concert).toMatchObject({ quantity: 0, version: 21 })
    expect((await concert.events()).map(({ number }) => number)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 1),
    )
  }, 30_000)

  test('an unreachable store fails with StoreUnavailable and the cause', async () => {
    const client = clientFor('http://127.0.0.1:1', { maxAttempts: 1 })
    bind(Concert, dynamoDBEventStore({ tableName: 'Nowhere', client }))
    const error = await refusal(
      within(1500, () => Concert.findOne('x')),
      StoreUnavailable,
    )
    expect(error.cause).toBeInstanceOf(Error)
  })

  test('a missing table fails with StoreUnavailable', async () => {
    bind(Concert, dynamoDBEventStore({ tableName: 'Nowhere', client: dynamodb.client }))
    await refusal(Concert.findOne('x'), StoreUnavailable)
    await refusal(new Concert().addSeats(1), StoreUnavailable)
  })

  test('a store without a table name fails and names the missing setting', async () => {
    bind(Concert, dynamoDBEventStore({ tableName: undefined, client: dynamodb.client }))
    await expect(Concert.findOne('x')).rejects.toThrow(/environment variable/)
  })
})
