import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listen } from '../../../lib/local/appsync/index.ts'
import { ask, get, send, signedHeaders } from './support/client.ts'
import { API_KEY, functionOf, notesApi, startApi, stopApis } from './support/notes.ts'
import { RealtimeClient } from './support/realtime-client.ts'

const headers = { 'x-api-key': API_KEY }

afterEach(stopApis)

test('a query returns its data, and a mutation returns its result', async () => {
  const api = notesApi({
    fields: {
      'Query.note': functionOf(() => ({ id: '1', text: 'hello', size: 5 })),
      'Mutation.writeNote': functionOf((args) => args),
    },
  })
  const server = await startApi(api)

  expect(await ask(server, '{ note(id: "1") { id again: text } }')).toMatchObject({
    status: 200,
    data: { note: { id: '1', again: 'hello' } },
    errors: undefined,
  })
  const mutation = 'mutation Write($id: ID!) { writeNote(id: $id, text: "new") { id text } }'
  expect(await ask(server, { query: mutation, variables: { id: '2' } })).toMatchObject({
    data: { writeNote: { id: '2', text: 'new' } },
  })
})

test('the mutations of a document run one after another, in order', async () => {
  const order: string[] = []
  const write = functionOf(async (args) => {
    order.push(`begin ${JSON.stringify(args)}`)
    await new Promise(setImmediate)
    order.push(`end ${JSON.stringify(args)}`)
    return args
  })
  const server = await startApi(notesApi({ fields: { 'Mutation.writeNote': write } }))

  await ask(server, 'mutation { b: writeNote(id: "1") { id } a: writeNote(id: "2") { id } }')

  expect(order).toEqual([
    'begin {"id":"1"}',
    'end {"id":"1"}',
    'begin {"id":"2"}',
    'end {"id":"2"}',
  ])
})

test('an invalid request is rejected with 400', async () => {
  const { graphqlUrl } = await startApi()
  const post = (body: string) => send(graphqlUrl, { method: 'POST', headers, body })
  const unparsable = {
    status: 400,
    errors: [
      { errorType: 'MalformedHttpRequestException', message: 'Unable to parse GraphQL query.' },
    ],
  }

  expect(await post('')).toMatchObject({
    status: 400,
    errors: [{ errorType: 'MalformedHttpRequestException', message: 'Request body is empty.' }],
  })
  for (const body of ['meow', '{}', '[]', '{"query": ""}', '{"query": 1}']) {
    expect(await post(body)).toMatchObject(unparsable)
  }
  expect(await post('{"query": "{ notes { id } }", "variables": [1]}')).toMatchObject({
    status: 400,
    errors: [{ errorType: 'MalformedHttpRequestException' }],
  })
})

test('a body over 1 MB and a method other than POST and GET are rejected', async () => {
  const { graphqlUrl } = await startApi()

  const body = JSON.stringify({ query: `# ${'x'.repeat(1024 * 1024)}` })
  expect(await send(graphqlUrl, { method: 'POST', headers, body })).toMatchObject({
    status: 413,
    errors: [{ errorType: 'RequestEntityTooLargeException' }],
  })
  expect(await send(graphqlUrl, { method: 'PUT', headers })).toMatchObject({
    status: 405,
    errors: [{ errorType: 'MethodNotAllowedException' }],
  })
})

describe('GET', () => {
  const one = functionOf((args) => ({ ...Object(args), text: 'hello' }))
  const fields = { 'Query.note': one, 'Mutation.writeNote': one }

  test('a query can be in the URL, with variables and the name of an operation', async () => {
    const server = await startApi(notesApi({ fields }))
    const query = 'query A { __typename } query B($id: ID!) { note(id: $id) { id text } }'

    const variables = JSON.stringify({ id: 'ä&1' })
    expect(await get(server, { query, variables, operationName: 'B' })).toMatchObject({
      status: 200,
      data: { note: { id: 'ä&1', text: 'hello' } },
    })
  })

  test('a mutation in the URL runs, as on AppSync', async () => {
    const server = await startApi(notesApi({ fields }))

    const query = 'mutation { writeNote(id: "1") { id } }'
    expect(await get(server, { query })).toMatchObject({ data: { writeNote: { id: '1' } } })
  })

  test('a signature covers the URL', async () => {
    const server = await startApi()
    const urlOf = (query: string) => `${server.graphqlUrl}?${new URLSearchParams({ query })}`
    const url = urlOf('mutation { publishNote(id: "a b", number: 1) { id } }')
    const signed = await signedHeaders(url, '', { method: 'GET' })

    expect(await send(url, { headers: signed })).toMatchObject({
      data: { publishNote: { id: 'a b' } },
    })
    expect(await send(urlOf('{ __typename }'), { headers: signed })).toMatchObject({
      status: 403,
      errors: [{ errorType: 'InvalidSignatureException' }],
    })
  })

  test.each<[string, Record<string, string>, string]>([
    ['no query', {}, 'MalformedHttpRequestException'],
    ['an empty query', { query: ' ' }, 'MalformedHttpRequestException'],
    [
      'variables that are no JSON',
      { query: '{ __typename }', variables: '{' },
      'MalformedHttpRequestException',
    ],
    [
      'variables that are a list',
      { query: '{ __typename }', variables: '[]' },
      'MalformedHttpRequestException',
    ],
    ['a subscription', { query: 'subscription { onNote { id } }' }, 'UnsupportedOperation'],
  ])('a URL with %s is rejected with 400', async (_, parameters, errorType) => {
    expect(await get(await startApi(), parameters)).toMatchObject({
      status: 400,
      errors: [{ errorType }],
    })
  })
})

test('an invalid document is rejected with the message of AppSync', async () => {
  const server = await startApi()
  const messageOf = async (query: string) => {
    const { status, data, errors } = await ask(server, query)
    expect({ status, data }).toEqual({ status: 200, data: null })
    return errors?.[0]
  }

  expect(await messageOf('{ badfield }')).toEqual({
    path: null,
    locations: [{ line: 1, column: 3, sourceName: null }],
    message:
      "Validation error of type FieldUndefined: Field 'badfield' in type 'Query' is undefined @ 'badfield'",
  })
  expect(await messageOf('{ notes { id nothing } }')).toMatchObject({
    message: expect.stringContaining(
      "Field 'nothing' in type 'Note' is undefined @ 'notes/nothing'",
    ),
  })
  expect(await messageOf('{ notes')).toMatchObject({
    message: expect.stringContaining('Validation error of type InvalidSyntax'),
  })
  expect(await messageOf('{ note { id } }')).toMatchObject({
    message: expect.stringContaining('Validation error of type MissingFieldArgument'),
  })
})

test('invalid variables are rejected with the message of AppSync', async () => {
  const server = await startApi()
  const query = 'query ($id: ID!, $when: AWSDateTime) { note(id: $id) { id } echo(when: $when) }'
  const message = async (variables: object) =>
    (await ask(server, { query, variables })).errors?.[0]?.message

  expect(await message({})).toBe("Variable 'id' has coerced Null value for NonNull type 'ID!'")
  expect(await message({ id: '1', when: 'now' })).toContain("Variable 'when' has an invalid value")
})

test('operationName selects one of several operations', async () => {
  const server = await startApi(notesApi({ fields: { 'Query.notes': functionOf(() => []) } }))
  const query = 'query One { notes { id } } query Two { two: notes { id } }'

  expect(await ask(server, { query, operationName: 'Two' })).toMatchObject({ data: { two: [] } })
  expect(await ask(server, { query })).toMatchObject({
    status: 400,
    errors: [{ errorType: 'BadRequestException', message: 'Missing operation name.' }],
  })
})

test('a subscription over HTTP is rejected', async () => {
  expect(await ask(await startApi(), 'subscription { onNote { id } }')).toMatchObject({
    status: 400,
    errors: [{ errorType: 'UnsupportedOperation' }],
  })
})

test('introspection can be disabled', async () => {
  const query = '{ __schema { queryType { name } } }'

  expect(await ask(await startApi(), query)).toMatchObject({
    data: { __schema: { queryType: { name: 'Query' } } },
  })
  const { data, errors } = await ask(await startApi(notesApi({ introspection: false })), query)
  expect(data).toBeNull()
  expect(errors?.[0]?.message).toContain("Field '__schema' in type 'Query' is undefined")
})

test('fields beyond the depth limit are errors, and all other fields are answered', async () => {
  const note = functionOf(() => ({ id: '1', parent: { id: '2' } }))
  const server = await startApi(notesApi({ queryDepthLimit: 2, fields: { 'Query.note': note } }))

  const { data, errors } = await ask(server, '{ note(id: "1") { id parent { text } } }')

  expect(data).toEqual({ note: { id: '1', parent: { text: null } } })
  expect(errors).toMatchObject([
    { errorType: 'QueryDepthLimitReached', path: ['note', 'parent', 'text'] },
  ])
})

test('resolvers beyond the resolver limit do not run', async () => {
  const note = functionOf(() => ({ id: '1' }))
  const server = await startApi(notesApi({ resolverCountLimit: 1, fields: { 'Query.note': note } }))

  const { data, errors } = await ask(server, '{ a: note(id: "1") { id } b: note(id: "1") { id } }')

  expect(data).toEqual({ a: { id: '1' }, b: null })
  expect(errors).toMatchObject([
    { errorType: 'ResolverExecutionLimitReached', message: 'Resolver invocation limit reached.' },
  ])
})

test('a browser of another origin can send requests', async () => {
  const { graphqlUrl } = await startApi()

  const preflight = await fetch(graphqlUrl, {
    method: 'OPTIONS',
    headers: { origin: 'http://elsewhere', 'access-control-request-method': 'POST' },
  })

  expect(preflight.status).toBe(200)
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  const unauthorized = await fetch(graphqlUrl, { method: 'POST', body: '{}' })
  expect(unauthorized.headers.get('access-control-allow-origin')).toBe('*')
})

test('a port in use causes a clear error', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo

  const start = startApi(notesApi(), { port }).finally(() => other.close())

  await expect(start).rejects.toThrow(
    `The port ${port} of 127.0.0.1 is in use: stop the process there, or choose another port`,
  )
})

test('a port in use on the IPv6 address alone is an error, and leaves nothing behind', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '::1', resolve))
  const { port } = other.address() as AddressInfo
  const options = { port, principal: () => undefined, log: () => {} }

  await expect(listen(options)).rejects.toThrow(`The port ${port} of ::1 is in use`)
  await new Promise((resolve) => other.close(resolve))
  const server = await listen(options)

  expect(server.port).toBe(port)
  await server.close()
})

test.each(['127.0.0.1', '[::1]'])('clients reach HTTP and WebSocket at %s', async (host) => {
  const server = await listen({ port: 0, principal: () => undefined, log: () => {} })
  server.serve(notesApi({ fields: { 'Query.notes': functionOf(() => []) } }))
  const address = `//${host}:${server.port}/graphql`
  const there = { ...server, graphqlUrl: `http:${address}`, realtimeUrl: `ws:${address}/realtime` }

  expect(await ask(there, '{ notes { id } }')).toMatchObject({ data: { notes: [] } })
  await (await RealtimeClient.connect(there)).close()
  await server.close()
})

test('a server answers 503 until it serves an API', async () => {
  const server = await listen({ port: 0, principal: () => undefined, log: () => {} })
  const early = await ask(server, '{ notes { id } }')
  server.serve(notesApi({ fields: { 'Query.notes': functionOf(() => []) } }))
  const late = await ask(server, '{ notes { id } }')
  await server.close()

  expect(early).toMatchObject({
    status: 503,
    errors: [{ errorType: 'ServiceUnavailableException' }],
  })
  expect(late).toMatchObject({ status: 200, data: { notes: [] } })
})

test("a client's trace continues in the function and in a segment", async () => {
  const seen: (string | undefined)[] = []
  const note = functionOf((_, { traceHeader }) => {
    seen.push(traceHeader)
    return null
  })
  const server = await startApi(notesApi({ fields: { 'Query.note': note } }))
  const root = '1-67891233-abcdef012345678912345678'

  await ask(server, '{ note(id: "1") { id } }', { ...headers, 'x-amzn-trace-id': `Root=${root}` })
  await ask(server, '{ note(id: "1") { id } }')

  expect(server.segments).toMatchObject([
    { name: 'Notes', origin: 'AWS::AppSync::GraphQLAPI', trace_id: root },
    { trace_id: expect.stringMatching(/^1-[\da-f]{8}-[\da-f]{24}$/) },
  ])
  expect(seen[0]).toMatch(new RegExp(`^Root=${root};Parent=[\\da-f]{16};Sampled=1$`))
  expect(seen[0]).toContain(Object(server.segments[0]).id)
})
