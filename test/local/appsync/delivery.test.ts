import { type Answer, askSigned } from './support/client.ts'
import { notesApi, type Running, startApi, stopApis } from './support/notes.ts'
import { closeClients, RealtimeClient } from './support/realtime-client.ts'

afterEach(async () => {
  await closeClients()
  await stopApis()
})

interface Note {
  readonly id: string
  readonly number: number
  readonly tags?: readonly string[]
}

function publish(server: Running, note: Note, selection = 'id number tags'): Promise<Answer> {
  const tags = note.tags ? `, tags: ${JSON.stringify(note.tags)}` : ''
  return askSigned(
    server,
    `mutation { publishNote(id: "${note.id}", number: ${note.number}${tags}) { ${selection} } }`,
  )
}

/** Publishes notes. Returns the numbers of the notes that a subscription receives. */
async function delivered(
  query: string,
  { variables, notes, server }: { variables?: object; notes: readonly Note[]; server?: Running },
): Promise<unknown[]> {
  const running = server ?? (await startApi())
  const client = await RealtimeClient.connect(running)
  await client.subscribe('filtered', query, { ...(variables && { variables }) })
  await client.subscribe('all', 'subscription { all: onNote { number } }')
  for (const note of notes) await publish(running, note)
  // Messages of one connection keep their order, so all earlier messages have arrived.
  await client.messages('all', notes.length)
  const messages = client.frames.filter(({ type, id }) => type === 'data' && id === 'filtered')
  return messages.map(({ payload }) => Object(Object.values(payload?.data ?? {})[0]).number)
}

describe('a message to a subscriber', () => {
  test('has the fields that both the subscription and the mutation select', async () => {
    const server = await startApi()
    const client = await RealtimeClient.connect(server)
    await client.subscribe('one', 'subscription { changed: onNote { name: id number tags } }')
    await publish(server, { id: 'a', number: 1, tags: ['x'] }, 'key: id number')

    expect(await client.messages('one', 1)).toEqual([
      { data: { changed: { name: 'a', number: 1, tags: null } } },
    ])
  })

  test('has an error for a non-null field that the mutation did not select', async () => {
    const server = await startApi()
    const client = await RealtimeClient.connect(server)
    await client.subscribe('one', 'subscription { onNote { id number } }')
    await publish(server, { id: 'a', number: 1 }, 'id')

    expect(await client.messages('one', 1)).toMatchObject([
      {
        data: { onNote: null },
        errors: [
          {
            message:
              "Cannot return null for non-nullable type: 'Int' within parent 'NoteEvent' (/onNote/number)",
          },
        ],
      },
    ])
    expect(server.logged).toMatchObject([
      { api: 'Notes', subscription: 'onNote', message: 'Delivered with errors' },
    ])
  })

  test('arrives for every field of a mutation, in order, with aliases and fragments', async () => {
    const server = await startApi()
    const client = await RealtimeClient.connect(server)
    await client.subscribe('one', 'subscription { onNote { number details } }')
    await askSigned(
      server,
      `mutation {
        b: publishNote(id: "1", number: 1, details: "{\\"a\\":1}") { ...All }
        a: publishNote(id: "1", number: 2) { number }
        a: publishNote(id: "1", number: 2) { id }
      }
      fragment All on NoteEvent { number details }`,
    )

    expect(await client.messages('one', 2)).toEqual([
      { data: { onNote: { number: 1, details: '{"a":1}' } } },
      { data: { onNote: { number: 2, details: null } } },
    ])
  })

  test('is dropped and logged if it is larger than 240 KB', async () => {
    const server = await startApi()
    const large = 'x'.repeat(240 * 1024)
    const notes = [
      { id: 'a', number: 1, tags: [large] },
      { id: 'a', number: 2 },
    ]

    expect(await delivered('subscription { onNote { number tags } }', { notes, server })).toEqual([
      2,
    ])
    expect(server.logged).toMatchObject([
      { subscription: 'onNote', message: 'Not delivered: the message is larger than 245760 bytes' },
    ])
  })

  test('is dropped if the subscriber is not authorized to read its type', async () => {
    const server = await startApi()
    const client = await RealtimeClient.connect(server)
    await client.subscribe('hidden', 'subscription { onHidden { id } }')
    await client.subscribe('keyOnly', 'subscription { onKeyOnly { id } }')
    await client.subscribe('last', 'subscription { onNote { id } }')

    const hidden = await askSigned(server, 'mutation { publishHidden(id: "1") { id } }')
    const keyOnly = await askSigned(server, 'mutation { publishKeyOnly(id: "1") { id } }')
    await publish(server, { id: '1', number: 1 })
    await client.messages('last', 1)

    expect(client.frames.filter(({ type }) => type === 'data')).toHaveLength(1)
    expect(hidden.errors).toBeUndefined()
    expect(server.logged).toContainEqual(
      expect.objectContaining({
        message: 'Not delivered: the subscriber is not authorized to read the message',
      }),
    )
    expect(keyOnly).toMatchObject({ status: 200, errors: [{ errorType: 'Unauthorized' }] })
  })
})

describe('subscription arguments', () => {
  const notes = [
    { id: 'a', number: 1 },
    { id: 'b', number: 2 },
    { id: 'a', number: 3 },
  ]

  test('match equal fields of the result; omitted arguments match everything', async () => {
    const query = 'subscription ($id: ID) { onNote(id: $id) { number } }'

    expect(await delivered(query, { variables: { id: 'a' }, notes })).toEqual([1, 3])
    expect(await delivered('subscription { onNote { number } }', { notes })).toEqual([1, 2, 3])
    const both = 'subscription { onNote(id: "a", number: 3) { number } }'
    expect(await delivered(both, { notes })).toEqual([3])
  })

  test('match only null if they are null or their variable is missing', async () => {
    expect(await delivered('subscription { onNote(id: null) { number } }', { notes })).toEqual([])
    const query = 'subscription ($id: ID) { onNote(id: $id) { number } }'
    expect(await delivered(query, { notes })).toEqual([])
  })
})

describe('enhanced filters', () => {
  const notes = [
    { id: 'note-a', number: 1, tags: ['red', 'blue'] },
    { id: 'note-b', number: 2, tags: ['green'] },
    { id: 'other', number: 3 },
  ]

  async function filtered(groups: object): Promise<unknown[]> {
    const code = `
      import { extensions } from '@aws-appsync/utils'
      export function request(ctx) { return {} }
      export function response(ctx) {
        extensions.setSubscriptionFilter(${JSON.stringify({ filterGroup: groups })})
        return null
      }`
    const server = await startApi(notesApi({ fields: { 'Subscription.onBigNote': code } }))
    return delivered('subscription { onBigNote(id: "ignored") { number } }', { notes, server })
  }

  test('come from the resolver of the subscription, which receives its arguments', async () => {
    const query = 'subscription { onBigNote(above: 1) { number } }'

    expect(await delivered(query, { notes })).toEqual([2, 3])
  })

  test.each([
    ['number', 'eq', 2, [2]],
    ['number', 'ne', 2, [1, 3]],
    ['number', 'lt', 2, [1]],
    ['number', 'le', 2, [1, 2]],
    ['number', 'gt', 2, [3]],
    ['number', 'ge', 2, [2, 3]],
    ['number', 'between', [2, 3], [2, 3]],
    ['number', 'in', [1, 3], [1, 3]],
    ['number', 'notIn', [1, 3], [2]],
    ['id', 'beginsWith', 'note', [1, 2]],
    ['id', 'contains', 'the', [3]],
    ['id', 'notContains', 'the', [1, 2]],
    ['tags', 'contains', 'red', [1]],
    ['tags', 'containsAny', ['green', 'blue'], [1, 2]],
  ])('support %s %s %j', async (fieldName, operator, value, expected) => {
    expect(await filtered([{ filters: [{ fieldName, operator, value }] }])).toEqual(expected)
  })

  test('match if all filters of one group match', async () => {
    const one = { fieldName: 'number', operator: 'gt', value: 1 }
    const other = { fieldName: 'id', operator: 'beginsWith', value: 'note' }

    expect(await filtered([{ filters: [one, other] }])).toEqual([2])
    expect(await filtered([{ filters: [one] }, { filters: [other] }])).toEqual([1, 2, 3])
  })

  test('with an unknown operator cause a clear error at the subscriber', async () => {
    const code = `
      import { extensions } from '@aws-appsync/utils'
      export function request(ctx) { return {} }
      export function response(ctx) {
        extensions.setSubscriptionFilter({
          filterGroup: [{ filters: [{ fieldName: 'id', operator: 'like', value: 'x' }] }],
        })
        return null
      }`
    const server = await startApi(notesApi({ fields: { 'Subscription.onBigNote': code } }))
    const client = await RealtimeClient.connect(server)
    client.start('one', 'subscription { onBigNote { id } }')

    expect(await client.frame('error', 'one')).toMatchObject({
      payload: {
        errors: [
          {
            message: expect.stringContaining(
              'Invalid subscription filter: the operator like of id does not exist: use one of eq,',
            ),
          },
        ],
      },
    })
  })

  test('can be created from an object', async () => {
    const code = `
      import { extensions, util } from '@aws-appsync/utils'
      export function request(ctx) { return {} }
      export function response(ctx) {
        extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({
          number: { gt: 1 }, or: [{ id: { eq: 'other' } }, { id: { eq: 'note-a' } }],
        }))
        return null
      }`
    const server = await startApi(notesApi({ fields: { 'Subscription.onBigNote': code } }))

    expect(await delivered('subscription { onBigNote { number } }', { notes, server })).toEqual([3])
  })

  test('a resolver that denies the field rejects the subscription', async () => {
    const code = `
      import { util } from '@aws-appsync/utils'
      export function request(ctx) { util.error('not you', 'Denied') }
      export function response(ctx) { return null }`
    const server = await startApi(notesApi({ fields: { 'Subscription.onBigNote': code } }))
    const client = await RealtimeClient.connect(server)
    client.start('one', 'subscription { onBigNote { id } }')

    expect(await client.frame('error', 'one')).toMatchObject({
      payload: { errors: [{ errorType: 'Denied', message: 'not you' }] },
    })
  })
})
