import { once } from 'node:events'
import WebSocket from 'ws'
import { eventually } from '../../support/eventually.ts'
import { ask, askSigned, signedHeaders } from './support/client.ts'
import { API_KEY, notesApi, PUBLISHER, startApi, stopApis } from './support/notes.ts'
import { base64, closeClients, keyHeader, RealtimeClient } from './support/realtime-client.ts'

const ON_NOTE = 'subscription { onNote { id number } }'
const PUBLISH = 'mutation { publishNote(id: "1", number: 1) { id number } }'

afterEach(async () => {
  await closeClients()
  await stopApis()
})

describe('connecting', () => {
  test('the server echoes the subprotocol and acknowledges connection_init', async () => {
    const client = await RealtimeClient.open(await startApi())
    client.send({ type: 'connection_init' })

    expect(client.socket.protocol).toBe('graphql-ws')
    expect(await client.frame('connection_ack')).toEqual({
      type: 'connection_ack',
      payload: { connectionTimeoutMs: 300_000 },
    })
  })

  test('the query string and plain headers can also carry the authorization', async () => {
    const server = await startApi()
    const header = encodeURIComponent(base64(keyHeader(server)))
    const byQuery = await RealtimeClient.open(server, {
      url: `${server.realtimeUrl}?header=${header}&payload=e30=`,
      protocols: ['graphql-ws'],
    })
    const byHeaders = await RealtimeClient.open(server, {
      protocols: ['graphql-ws'],
      headers: { 'X-Api-Key': API_KEY },
    })

    for (const client of [byQuery, byHeaders]) {
      client.send({ type: 'connection_init' })
      await client.frame('connection_ack')
    }
  })

  test('a client can dial /graphql instead of /graphql/realtime', async () => {
    const server = await startApi()
    const url = server.realtimeUrl.replace(/\/realtime$/, '')
    const client = await RealtimeClient.open(server, { url })
    client.send({ type: 'connection_init' })

    await client.frame('connection_ack')
    await client.subscribe('one', ON_NOTE)
    await askSigned(server, PUBLISH)
    expect(await client.messages('one', 1)).toEqual([{ data: { onNote: { id: '1', number: 1 } } }])
  })

  test('only a signature of the connect URL is accepted', async () => {
    const server = await startApi()
    const connect = async (url: string) => {
      const header = await signedHeaders(url, '{}')
      const client = await RealtimeClient.open(server, {
        protocols: ['graphql-ws', `header-${base64(header, 'base64url')}`],
      })
      client.send({ type: 'connection_init' })
      return client
    }

    const signed = await connect(`${server.graphqlUrl}/connect`)
    await signed.frame('connection_ack')
    const wrong = await connect(server.graphqlUrl)
    expect(await wrong.frame('connection_error')).toMatchObject({
      payload: { errors: [{ errorType: 'InvalidSignatureException', errorCode: 403 }] },
    })
  })

  test.each([
    ['a wrong key', { host: 'localhost', 'x-api-key': 'da2-wrong' }, 'UnauthorizedException', 401],
    ['no credentials', { host: 'localhost' }, 'UnauthorizedException', 401],
    ['no host', { 'x-api-key': API_KEY }, 'BadRequestException', 400],
  ])('a connection with %s receives connection_error and closes', async (_, header, type, code) => {
    const client = await RealtimeClient.open(await startApi(), {
      protocols: ['graphql-ws', `header-${base64(header, 'base64url')}`],
    })
    const closed = once(client.socket, 'close')
    client.send({ type: 'connection_init' })

    expect(await client.frame('connection_error')).toMatchObject({
      payload: { errors: [{ errorType: type, errorCode: code }] },
    })
    await closed
  })

  test('a client with another protocol is rejected', async () => {
    const { realtimeUrl } = await startApi()
    const socket = new WebSocket(realtimeUrl, 'graphql-transport-ws')
    const [error] = await once(socket, 'error')

    expect(String(error)).toContain('400')
  })

  test('ka messages keep the connection alive', async () => {
    const client = await RealtimeClient.connect(await startApi(notesApi(), { keepAlive: 5 }))

    await eventually(async () =>
      client.frames.filter(({ type }) => type === 'ka').length > 3 ? true : undefined,
    )
  })
})

describe('subscribing', () => {
  test('start is acknowledged, data arrives, and stop completes the subscription', async () => {
    const server = await startApi()
    const client = await RealtimeClient.connect(server)
    await client.subscribe('one', ON_NOTE)
    await askSigned(server, PUBLISH)

    expect(await client.messages('one', 1)).toEqual([{ data: { onNote: { id: '1', number: 1 } } }])

    client.send({ type: 'stop', id: 'one' })
    await client.frame('complete', 'one')
    await client.subscribe('two', ON_NOTE)
    await askSigned(server, PUBLISH)
    await client.messages('two', 1)
    expect(await client.messages('one', 1)).toHaveLength(1)
  })

  test('the signature of a start message covers its data', async () => {
    const server = await startApi(notesApi(), {
      principal: () => ({ ...PUBLISHER, allows: () => true }),
    })
    const client = await RealtimeClient.connect(server)
    const query = 'subscription { onSignedNote { id } }'
    const authorization = await signedHeaders(server.graphqlUrl, JSON.stringify({ query }))

    await client.subscribe('signed', query, { authorization })
    client.start('other', ON_NOTE, { authorization })

    expect(await client.frame('error', 'other')).toMatchObject({
      payload: { errors: [{ errorType: 'InvalidSignatureException' }] },
    })
  })

  test('a signed caller needs the right to the field of the subscription', async () => {
    const allowed = 'types/Subscription/fields/onSignedNote'
    const server = await startApi(notesApi(), {
      principal: () => ({ ...PUBLISHER, allows: (_, resource) => resource.endsWith(allowed) }),
    })
    const client = await RealtimeClient.connect(server)
    const subscribe = async (id: string, query: string) => {
      const authorization = await signedHeaders(server.graphqlUrl, JSON.stringify({ query }))
      client.start(id, query, { authorization })
    }

    await subscribe('one', 'subscription { onSignedNote { id } }')
    await subscribe('two', ON_NOTE)

    await client.frame('start_ack', 'one')
    expect(await client.frame('error', 'two')).toMatchObject({
      payload: { errors: [{ errorType: 'Unauthorized' }] },
    })
  })

  test('a field is rejected if the caller is not authorized', async () => {
    const client = await RealtimeClient.connect(await startApi())
    client.start('one', 'subscription { onSignedNote { id } }')
    client.start('two', ON_NOTE, { authorization: { host: 'localhost', 'x-api-key': 'no' } })

    expect(await client.frame('error', 'one')).toEqual({
      type: 'error',
      id: 'one',
      payload: {
        errors: [
          {
            errorType: 'Unauthorized',
            message: 'Not Authorized to access onSignedNote on type Subscription',
          },
        ],
      },
    })
    expect(await client.frame('error', 'two')).toMatchObject({
      payload: { errors: [{ errorType: 'UnauthorizedException', errorCode: 401 }] },
    })
  })

  test.each([
    ['a query', 'query { notes { id } }', 'query not supported through the realtime channel'],
    ['an unknown field', 'subscription { onNothing { id } }', "Field 'onNothing' in type"],
    ['a wrong syntax', 'subscription {', 'Validation error of type InvalidSyntax'],
    ['an empty query', '', 'Unable to parse GraphQL query.'],
  ])('%s causes an error with the id of the message', async (_, query, message) => {
    const client = await RealtimeClient.connect(await startApi())
    client.start('id', query)

    expect(await client.frame('error', 'id')).toMatchObject({
      payload: { errors: [{ message: expect.stringContaining(message) }] },
    })
  })

  test('invalid messages cause errors, and the connection stays open', async () => {
    const client = await RealtimeClient.connect(await startApi())
    const unsupported = { errorType: 'UnsupportedOperation' }
    const expected = [
      ['no JSON', unsupported],
      ['[]', unsupported],
      [{ type: 'subscribe', id: 'x' }, unsupported],
      [{ type: 'start' }, { errorType: 'BadRequestException' }],
      [{ type: 'start', id: 'x' }, unsupported],
      [{ type: 'start', id: 'y', payload: { data: { query: ON_NOTE } } }, unsupported],
      [{ type: 'start', id: 'z', payload: { data: '{}' } }, { errorType: 'BadRequestException' }],
      [{ type: 'stop', id: 'nobody' }, { errorType: 'UnknownOperationError' }],
    ] as const
    for (const [message] of expected) client.send(message)

    const errors = await eventually(async () => {
      const found = client.frames.filter(({ type }) => type === 'error')
      return found.length >= expected.length ? found : undefined
    })
    for (const [, error] of expected) {
      expect(errors).toContainEqual(
        expect.objectContaining({ payload: { errors: [expect.objectContaining(error)] } }),
      )
    }
    expect(errors[0]).toEqual({
      type: 'error',
      id: '',
      payload: {
        errors: [
          {
            errorType: 'UnsupportedOperation',
            message: 'unknown not supported through the realtime channel',
            errorCode: 400,
          },
        ],
      },
    })
    await client.subscribe('after', ON_NOTE)
  })

  test.each([
    ['a value that is no text', { host: 'localhost', 'x-api-key': { toString: null } }],
    ['a host that is no text', { host: {}, 'x-api-key': API_KEY }],
    ['a list', [API_KEY]],
  ])('an authorization with %s is the mistake of the client', async (_, authorization) => {
    const server = await startApi()
    const client = await RealtimeClient.connect(server)
    client.start('one', ON_NOTE, { authorization })

    const { payload } = await client.frame('error', 'one')
    expect(payload?.errors?.[0]?.errorCode).toBeLessThan(500)
    expect(server.logged).toEqual([])
  })

  test('a start before the acknowledgement is rejected', async () => {
    const client = await RealtimeClient.open(await startApi())
    client.start('early', ON_NOTE)

    expect(await client.frame('error', 'early')).toMatchObject({
      payload: { errors: [{ errorType: 'BadRequestException' }] },
    })
  })

  test('an id in use and the 101st subscription are rejected', async () => {
    const client = await RealtimeClient.connect(await startApi())
    await client.subscribe('0', ON_NOTE)
    client.start('0', ON_NOTE)
    expect(await client.frame('error', '0')).toMatchObject({
      payload: { errors: [{ errorType: 'DuplicatedOperationError' }] },
    })

    for (let id = 1; id < 100; id += 1) client.start(`${id}`, ON_NOTE)
    await client.frame('start_ack', '99')
    client.start('100', ON_NOTE)
    expect(await client.frame('error', '100')).toMatchObject({
      payload: { errors: [{ errorType: 'MaxSubscriptionsReachedError' }] },
    })
  })

  test('a client that disconnects does not affect other clients', async () => {
    const server = await startApi()
    const gone = await RealtimeClient.connect(server)
    const client = await RealtimeClient.connect(server)
    await gone.subscribe('gone', ON_NOTE)
    await client.subscribe('one', ON_NOTE)
    gone.socket.terminate()

    await askSigned(server, PUBLISH)
    await client.messages('one', 1)
    expect(await ask(server, '{ __typename }')).toMatchObject({ data: { __typename: 'Query' } })
  })

  test('closing the server ends all connections', async () => {
    const server = await startApi()
    const client = await RealtimeClient.connect(server)
    await client.subscribe('one', ON_NOTE)
    const closed = once(client.socket, 'close')

    await stopApis()
    await closed
  })
})
