import type { LambdaAuthorizer } from '../../../lib/local/appsync/auth-provider.ts'
import { eventually } from '../../support/eventually.ts'
import { ask, get } from './support/client.ts'
import { Issuer, stopIssuers } from './support/issuer.ts'
import { functionOf, notesApi, type Running, startApi, stopApis } from './support/notes.ts'
import { closeClients, RealtimeClient } from './support/realtime-client.ts'

const TELL = `
import { util } from '@aws-appsync/utils'
export function request(ctx) { return { payload: { type: util.authType(), identity: ctx.identity } } }
export function response(ctx) { return JSON.stringify(ctx.result) }
`
const SCHEMA = `
  type Query { echo(a: Int): String note: Note }
  type Note { id: ID text: String locked: String }
  type Mutation { nothing: String }
  type Subscription { onNothing: String @aws_subscribe(mutations: ["nothing"]) }`
const fields = {
  'Query.echo': TELL,
  'Query.note': functionOf(() => ({ id: '1', text: 'open', locked: 'closed' })),
}
const REFUSED = {
  status: 401,
  errors: [
    {
      errorType: 'UnauthorizedException',
      message: 'You are not authorized to make this call.',
    },
  ],
}
const ARN = 'arn:aws:appsync:eu-central-1:123456789012:apis/notesapi'

let events: unknown[]
let server: Running

beforeEach(() => {
  events = []
})

afterEach(async () => {
  await closeClients()
  await stopApis()
  await stopIssuers()
})

/** Starts an API whose authorizer returns `answer`. */
async function start(answer: unknown, settings: Partial<LambdaAuthorizer> = {}): Promise<void> {
  server = await startApi(apiWith(answer, settings))
}

function apiWith(answer: unknown, settings: Partial<LambdaAuthorizer> = {}) {
  const authorizer: LambdaAuthorizer = {
    mode: 'AWS_LAMBDA',
    function: functionOf((event) => {
      events.push(event)
      if (answer instanceof Error) throw answer
      return answer
    }),
    resultTtl: 0,
    ...settings,
  }
  const api = notesApi({ schema: SCHEMA, authProviders: [authorizer], fields })
  const resolvers = api.resolvers.filter(({ typeName }) => typeName === 'Query')
  return { ...api, resolvers }
}

const asking = (token: string, query = '{ echo }') => ask(server, query, { authorization: token })

test('the function gets the event of AppSync, and scripts get its context', async () => {
  await start({ isAuthorized: true, resolverContext: { sub: 'alice', groups: 'a,b', level: 3 } })

  const { data } = await ask(
    server,
    { query: 'query Q($a: Int) { echo(a: $a) }', operationName: 'Q', variables: { a: 1 } },
    { authorization: 'ticket' },
  )

  expect(JSON.parse(`${data?.echo}`)).toEqual({
    type: 'Lambda Authorization',
    identity: { resolverContext: { sub: 'alice', groups: 'a,b', level: 3 } },
  })
  expect(events).toEqual([
    {
      authorizationToken: 'ticket',
      requestContext: {
        apiId: 'notesapi',
        accountId: '123456789012',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        queryString: 'query Q($a: Int) { echo(a: $a) }',
        operationName: 'Q',
        variables: { a: 1 },
      },
      requestHeaders: expect.objectContaining({ authorization: 'ticket' }),
    },
  ])
  await get(server, { query: '{ echo }', variables: '{"b":2}' }, { authorization: 'ticket' })
  expect(events[1]).toMatchObject({
    requestContext: { queryString: '{ echo }', variables: { b: 2 } },
  })
})

test.each<[string, unknown]>([
  ['denies it', { isAuthorized: false }],
  ['throws', new Error('secret ticket')],
  ['returns nothing', null],
  ['returns another form', { isAuthorized: 'yes' }],
  ['returns a nested context', { isAuthorized: true, resolverContext: { a: { b: 1 } } }],
])('a request is rejected if the function %s', async (_, answer) => {
  await start(answer)

  expect(await asking('ticket')).toMatchObject(REFUSED)
})

test('a failure of the function is logged', async () => {
  await start(new Error('no database'))
  await asking('ticket')

  expect(server.logged).toMatchObject([
    { level: 'WARN', message: 'The Lambda authorizer failed: no database' },
  ])
  expect(JSON.stringify(server.logged)).not.toContain('ticket')
})

test('denied fields are null, by ARN and by name', async () => {
  const deniedFields = [`${ARN}/types/Note/fields/locked`, 'Query.echo']
  await start({ isAuthorized: true, deniedFields })

  expect(await asking('ticket', '{ echo note { text locked } }')).toMatchObject({
    data: { echo: null, note: { text: 'open', locked: null } },
    errors: [
      { errorType: 'Unauthorized', message: 'Not Authorized to access echo on type Query' },
      { errorType: 'Unauthorized', message: 'Not Authorized to access locked on type Note' },
    ],
  })
})

describe('the result for a token', () => {
  test('is cached for the time of the API, or for that of the function', async () => {
    await start({ isAuthorized: true }, { resultTtl: 300 })
    await asking('one')
    await asking('one')
    await asking('two')
    expect(events).toHaveLength(2)
    await asking('one')
    expect(events).toHaveLength(2)
  })

  test('is not cached by default, and a denial is cached like a permission', async () => {
    await start({ isAuthorized: true })
    await asking('one')
    await asking('one')
    expect(events).toHaveLength(2)

    await start({ isAuthorized: false, ttlOverride: 60 })
    events = []
    await asking('one')
    expect(await asking('one')).toMatchObject(REFUSED)
    expect(events).toHaveLength(1)
  })

  test('is asked for again after its time, and if the function forbids to cache', async () => {
    await start({ isAuthorized: true, ttlOverride: 0.05 }, { resultTtl: 300 })
    await asking('one')
    await eventually(async () => (await asking('one')) && (events.length > 1 || undefined))

    await start({ isAuthorized: true, ttlOverride: 0 }, { resultTtl: 300 })
    events = []
    await asking('one')
    await asking('one')
    expect(events).toHaveLength(2)
  })

  test('is forgotten when another version of the API is served', async () => {
    await start({ isAuthorized: true }, { resultTtl: 300 })
    await asking('one')
    server.serve(apiWith({ isAuthorized: false }))
    expect(await asking('one')).toMatchObject(REFUSED)
  })
})

test('a token without the form of the API is rejected before the function is invoked', async () => {
  await start({ isAuthorized: true }, { tokenPattern: 'ticket-\\d+' })

  expect(await asking('ticket-1')).toMatchObject({ status: 200 })
  expect(await asking('x ticket-1')).toMatchObject(REFUSED)
  expect(events).toHaveLength(1)
})

test('the token of a known issuer is never one for the function, and other tokens are', async () => {
  const issuer = await Issuer.start()
  const api = apiWith({ isAuthorized: true })
  const issuers = [{ mode: 'OPENID_CONNECT' as const, issuer: issuer.url, iatTtl: 0, authTtl: 0 }]
  server = await startApi({ ...api, authProviders: [...api.authProviders, ...issuers] })

  expect(await asking(await issuer.sign({ exp: 1 }))).toMatchObject({ status: 401 })
  expect(events).toHaveLength(0)
  const foreign = await issuer.sign({ iss: 'https://other.example.com' })
  for (const token of ['ticket', foreign, `Bearer ${foreign}`]) {
    expect(await asking(token)).toMatchObject({ status: 200 })
    expect(events.at(-1)).toMatchObject({ authorizationToken: token })
  }
})

test('a connection asks without an operation, and each start message with its own', async () => {
  await start({ isAuthorized: true })
  const authorization = { host: 'localhost', Authorization: 'ticket' }
  const encoded = Buffer.from(JSON.stringify(authorization)).toString('base64url')
  const protocols = ['graphql-ws', `header-${encoded}`]
  const client = await RealtimeClient.open(server, { protocols })
  client.send({ type: 'connection_init' })
  await client.frame('connection_ack')
  await client.subscribe('1', 'subscription { onNothing }', { authorization })

  expect(events).toMatchObject([
    { requestContext: { queryString: '', variables: {} } },
    { requestContext: { queryString: 'subscription { onNothing }' } },
  ])
})
