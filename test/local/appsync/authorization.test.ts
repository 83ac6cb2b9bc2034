import type { Principal } from '../../../lib/local/access/iam.ts'
import { ask, askSigned } from './support/client.ts'
import { API_KEY, functionOf, notesApi, PUBLISHER, startApi, stopApis } from './support/notes.ts'

const QUERY = '{ note(id: "1") { id } }'
const PUBLISH = 'mutation { publishNote(id: "1", number: 1) { id number } }'
const NOT_AUTHORIZED = {
  status: 401,
  errors: [
    {
      errorType: 'UnauthorizedException',
      message: 'You are not authorized to make this call.',
    },
  ],
}

const note = functionOf(() => ({ id: '1', text: 'open', locked: 'closed' }))
const fields = { 'Query.note': note, 'Query.secret': functionOf(() => 'hidden') }

afterEach(stopApis)

describe('with an API key', () => {
  test('the header name is case-insensitive', async () => {
    const server = await startApi(notesApi({ fields }))

    expect(await ask(server, QUERY, { 'X-Api-Key': API_KEY })).toMatchObject({
      status: 200,
      data: { note: { id: '1' } },
    })
  })

  test('a wrong or expired key is rejected', async () => {
    const expired = { key: 'da2-expired', expires: Date.now() / 1000 - 1 }
    const server = await startApi(notesApi({ fields, apiKeys: [expired] }))

    expect(await ask(server, QUERY, { 'x-api-key': API_KEY })).toMatchObject(NOT_AUTHORIZED)
    expect(await ask(server, QUERY, { 'x-api-key': expired.key })).toMatchObject(NOT_AUTHORIZED)
  })

  test('a request without a key is rejected', async () => {
    expect(await ask(await startApi(), QUERY, {})).toMatchObject({
      status: 401,
      errors: [
        {
          errorType: 'UnauthorizedException',
          message: 'Valid authorization header not provided.',
        },
      ],
    })
  })

  test('an API without this mode rejects a key', async () => {
    const server = await startApi(notesApi({ authProviders: [{ mode: 'AWS_IAM' }] }))

    expect(await ask(server, QUERY)).toMatchObject(NOT_AUTHORIZED)
  })

  test('fields for signed requests are denied, and all other fields are returned', async () => {
    const server = await startApi(notesApi({ fields }))

    const { data, errors } = await ask(server, '{ note(id: "1") { text locked } secret }')

    expect(data).toEqual({ note: { text: 'open', locked: null }, secret: null })
    expect(errors).toEqual([
      {
        path: ['secret'],
        data: null,
        errorType: 'Unauthorized',
        errorInfo: null,
        locations: [{ line: 1, column: 33, sourceName: null }],
        message: 'Not Authorized to access secret on type Query',
      },
      expect.objectContaining({
        path: ['note', 'locked'],
        errorType: 'Unauthorized',
        message: 'Not Authorized to access locked on type Note',
      }),
    ])
    expect(await ask(server, PUBLISH)).toMatchObject({
      data: { publishNote: null },
      errors: [{ message: 'Not Authorized to access publishNote on type Mutation' }],
    })
  })
})

describe('with a signature', () => {
  test('a permitted field is returned', async () => {
    expect(await askSigned(await startApi(), PUBLISH)).toMatchObject({
      status: 200,
      data: { publishNote: { id: '1', number: 1 } },
      errors: undefined,
    })
  })

  test('fields of the default mode are denied', async () => {
    const server = await startApi(notesApi({ fields }))

    expect(await askSigned(server, QUERY)).toMatchObject({
      data: { note: null },
      errors: [{ message: 'Not Authorized to access note on type Query' }],
    })
    expect(await askSigned(server, 'mutation { publishKeyOnly(id: "1") { id } }')).toMatchObject({
      data: { publishKeyOnly: null },
      errors: [{ message: 'Not Authorized to access id on type KeyOnly' }],
    })
  })

  test("a root field outside the principal's policies is denied", async () => {
    const asked: string[] = []
    const principal: Principal = {
      ...PUBLISHER,
      allows: (action, resource) => {
        asked.push(`${action} ${resource}`)
        return false
      },
    }
    const server = await startApi(notesApi(), { principal: () => principal })

    expect(await askSigned(server, PUBLISH)).toMatchObject({
      data: { publishNote: null },
      errors: [{ message: 'Not Authorized to access publishNote on type Mutation' }],
    })
    expect(asked).toEqual([
      'appsync:GraphQL arn:aws:appsync:eu-central-1:123456789012:apis/notesapi/types/Mutation/fields/publishNote',
    ])
  })

  test('the signature takes precedence over a valid key', async () => {
    const answer = await askSigned(await startApi(), PUBLISH, {}, (headers) => ({
      ...headers,
      'x-api-key': API_KEY,
    }))

    expect(answer.data).toEqual({ publishNote: { id: '1', number: 1 } })
  })

  test.each([
    [
      'a wrong secret',
      { principal: { ...PUBLISHER, secretAccessKey: 'other' } },
      'InvalidSignature',
    ],
    ['another region', { region: 'us-east-1' }, 'InvalidSignature'],
    ['another service', { service: 'lambda' }, 'InvalidSignature'],
    ['an old date', { date: new Date(Date.now() - 6 * 60_000) }, 'InvalidSignature'],
    ['a future date', { date: new Date(Date.now() + 6 * 60_000) }, 'InvalidSignature'],
    [
      'an unknown access key',
      { principal: { ...PUBLISHER, accessKeyId: 'AKIA' } },
      'UnrecognizedClient',
    ],
    ['another session', { principal: { ...PUBLISHER, sessionToken: 'old' } }, 'UnrecognizedClient'],
  ])('%s is rejected', async (_, signing, error) => {
    const answer = await askSigned(await startApi(), PUBLISH, signing)

    expect(answer).toMatchObject({ status: 403, errors: [{ errorType: `${error}Exception` }] })
    expect(answer.headers.get('x-amzn-errortype')).toBe(`${error}Exception`)
  })

  test('an altered body, a missing header and half a signature are rejected', async () => {
    const server = await startApi()
    const refused = async (change: (headers: Record<string, string>) => Record<string, string>) => {
      const { status, errors } = await askSigned(server, PUBLISH, {}, change)
      return [status, errors?.[0]?.errorType]
    }
    const hash = '0'.repeat(64)

    expect(await refused((headers) => ({ ...headers, 'x-amz-content-sha256': hash }))).toEqual([
      403,
      'InvalidSignatureException',
    ])
    expect(await refused(({ 'x-amz-date': _, ...headers }) => headers)).toEqual([
      403,
      'IncompleteSignatureException',
    ])
    expect(
      await refused((headers) => ({ ...headers, authorization: 'AWS4-HMAC-SHA256 Credential=x' })),
    ).toEqual([403, 'IncompleteSignatureException'])
  })

  test('a script receives the identity of the caller, which is null with a key', async () => {
    const script = `
      export function request(ctx) { return { payload: JSON.stringify(ctx.identity) } }
      export function response(ctx) { return ctx.result }`
    const server = await startApi(
      notesApi({ fields: { 'Query.secret': script, 'Query.echo': script } }),
      { principal: () => ({ ...PUBLISHER, allows: () => true }) },
    )

    expect(await ask(server, '{ echo }')).toMatchObject({ data: { echo: 'null' } })
    const { data } = await askSigned(server, '{ secret }')
    expect(JSON.parse(String(data?.secret))).toMatchObject({
      accountId: '123456789012',
      userArn: PUBLISHER.arn,
      sourceIp: [expect.stringMatching(/^(127\.0\.0\.1|::1)$/)],
    })
  })
})
