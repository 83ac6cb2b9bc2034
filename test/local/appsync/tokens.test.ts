import { createSecretKey } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose'
import { IssuerKeys } from '../../../lib/local/appsync/access/tokens/issuer-keys.ts'
import type {
  AuthProvider,
  OidcProvider,
  UserPoolProvider,
} from '../../../lib/local/appsync/auth-provider.ts'
import type { ApiDefinition } from '../../../lib/local/appsync/index.ts'
import { eventually } from '../../support/eventually.ts'
import { ask } from './support/client.ts'
import { accessClaims, CLIENT, type Claims, Issuer, stopIssuers } from './support/issuer.ts'
import { functionOf, notesApi, type Running, startApi, stopApis } from './support/notes.ts'
import { closeClients, RealtimeClient } from './support/realtime-client.ts'

const QUERY = '{ note(id: "1") { id } }'
const TELL = `
import { util } from '@aws-appsync/utils'
export function request(ctx) { return { payload: { type: util.authType(), identity: ctx.identity } } }
export function response(ctx) { return JSON.stringify(ctx.result) }
`
const note = functionOf(() => ({ id: '1', text: 'open', locked: 'closed' }))
const fields = { 'Query.note': note, 'Query.echo': TELL }

const NOT_AUTHORIZED = 'You are not authorized to make this call.'

let issuer: Issuer

beforeEach(async () => {
  issuer = await Issuer.start()
})

afterEach(async () => {
  await closeClients()
  await stopApis()
  await stopIssuers()
})

/** A user pool outside the stack, which the API asks for its keys. */
function userPool(changes: Partial<UserPoolProvider> = {}): AuthProvider {
  return {
    mode: 'AMAZON_COGNITO_USER_POOLS',
    issuer: issuer.url,
    defaultAction: 'ALLOW',
    ...changes,
  }
}

function oidc(changes: Partial<OidcProvider> = {}): AuthProvider {
  return { mode: 'OPENID_CONNECT', issuer: issuer.url, iatTtl: 0, authTtl: 0, ...changes }
}

function start(...authProviders: readonly AuthProvider[]): Promise<Running> {
  return startApi(notesApi({ fields, authProviders }))
}

function asking(server: Running, token: string, query = QUERY) {
  return ask(server, query, { authorization: token })
}

function refused(message: string) {
  return { status: 401, errors: [{ errorType: 'UnauthorizedException', message }] }
}

async function identity(server: Running, token: string): Promise<unknown> {
  const { data } = await asking(server, token, '{ echo }')
  return JSON.parse(`${data?.echo}`)
}

describe('the caller of a script', () => {
  test('an access token and an id token of a user pool are accepted', async () => {
    const server = await start(userPool())
    const claims = { 'cognito:groups': ['staff'] }

    expect(await identity(server, await issuer.sign(claims))).toEqual({
      type: 'User Pool Authorization',
      identity: {
        sub: 'alice',
        issuer: issuer.url,
        username: 'alice',
        claims: expect.objectContaining({ client_id: CLIENT, token_use: 'access' }),
        sourceIp: [expect.any(String)],
        defaultAuthStrategy: 'ALLOW',
        groups: ['staff'],
      },
    })
    const id = { token_use: 'id', aud: CLIENT, 'cognito:username': 'al', username: undefined }
    expect(await identity(server, await issuer.sign(id))).toMatchObject({
      identity: { username: 'al', groups: null, claims: { aud: CLIENT } },
    })
  })

  test('a token of an OIDC issuer is accepted, with the scheme Bearer and without', async () => {
    const server = await start(oidc())
    const token = await issuer.sign()
    const expected = {
      type: 'Open ID Connect Authorization',
      identity: {
        sub: 'alice',
        issuer: issuer.url,
        claims: expect.objectContaining({ sub: 'alice' }),
      },
    }

    expect(await identity(server, token)).toEqual(expected)
    expect(await identity(server, `Bearer ${token}`)).toEqual(expected)
  })

  test('the claim iss chooses among several pools and issuers', async () => {
    const [other, third] = [await Issuer.start(), await Issuer.start()]
    const server = await start(
      userPool(),
      userPool({ issuer: other.url }),
      oidc({ issuer: third.url }),
    )

    expect(await identity(server, await other.sign())).toMatchObject({
      type: 'User Pool Authorization',
      identity: { issuer: other.url },
    })
    expect(await asking(server, await third.sign(), '{ echo }')).toMatchObject({
      errors: [{ message: 'Not Authorized to access echo on type Query' }],
    })
  })
})

describe('a token is rejected', () => {
  const seconds = () => Math.floor(Date.now() / 1000)

  test.each<[string, Claims, string]>([
    ['it has expired', { exp: seconds() - 1 }, 'Token has expired.'],
    ['it is not valid yet', { nbf: seconds() + 60 }, NOT_AUTHORIZED],
    ['it has no expiry', { exp: undefined }, NOT_AUTHORIZED],
    ['it has another issuer', { iss: 'https://other.example.com' }, NOT_AUTHORIZED],
    ['it has no issuer', { iss: undefined }, NOT_AUTHORIZED],
    ['it is for another client', { client_id: 'client10' }, NOT_AUTHORIZED],
    ['it is an id token for another client', { token_use: 'id', aud: 'x' }, NOT_AUTHORIZED],
    ['it is an id token with the client elsewhere', { token_use: 'id' }, NOT_AUTHORIZED],
    ['it has another use', { token_use: 'refresh' }, NOT_AUTHORIZED],
  ])('of a user pool: %s', async (_, claims, message) => {
    const server = await start(userPool({ clientIds: `${CLIENT}|client2` }))

    expect(await asking(server, await issuer.sign(claims))).toMatchObject(refused(message))
    expect(await asking(server, await issuer.sign())).toMatchObject({ status: 200 })
  })

  test.each<[string, Claims, string]>([
    ['it has expired', { exp: seconds() - 1 }, 'Token has expired.'],
    ['it was issued too long ago', { iat: seconds() - 61 }, 'Token has expired.'],
    ['it does not say when it was issued', { iat: undefined }, 'Token has expired.'],
    ['the user signed in too long ago', { auth_time: seconds() - 121 }, 'Token has expired.'],
    ['it is for another client', { aud: ['a', 'b'] }, 'Unauthorized'],
    ['another party may use it', { aud: undefined, azp: 'a' }, 'Unauthorized'],
    ['it has another issuer', { iss: 'https://other.example.com' }, 'Unauthorized'],
  ])('of an OIDC issuer: %s', async (_, claims, message) => {
    const server = await start(oidc({ clientIds: CLIENT, iatTtl: 60_000, authTtl: 120_000 }))
    const valid = { aud: [CLIENT, 'https://api.example.com'] }

    expect(await asking(server, await issuer.sign({ ...valid, ...claims }))).toMatchObject(
      refused(message),
    )
    expect(await asking(server, await issuer.sign(valid))).toMatchObject({ status: 200 })
    expect(await asking(server, await issuer.sign({ azp: CLIENT }))).toMatchObject({ status: 200 })
  })

  test('another key has signed it, under a known id or an unknown one', async () => {
    const server = await start(userPool())
    const forger = await Issuer.start()
    const forged = { iss: issuer.url }

    await forger.rotate('first')
    for (const kid of ['first', 'other', '']) {
      const token = await forger.sign(forged, kid)
      expect(await asking(server, token)).toMatchObject(refused(NOT_AUTHORIZED))
    }
    const [header, , signature] = (await issuer.sign()).split('.')
    const claims = Buffer.from(JSON.stringify({ ...accessClaims(issuer.url), sub: 'bob' }))
    const changed = [header, claims.toString('base64url'), signature].join('.')
    expect(await asking(server, changed)).toMatchObject(refused(NOT_AUTHORIZED))
  })

  test.each(['a user pool', 'an OIDC issuer'])('nobody has signed it: %s', async (kind) => {
    const server = await start(kind === 'an OIDC issuer' ? oidc() : userPool())

    const token = new UnsecuredJWT(accessClaims(issuer.url)).encode()
    expect(await asking(server, token)).toMatchObject({ status: 401 })
    const [, claims] = token.split('.')
    const header = Buffer.from('{"alg":"none","kid":"first"}').toString('base64url')
    expect(await asking(server, `${header}.${claims}.`)).toMatchObject({ status: 401 })
  })

  test.each(['a user pool', 'an OIDC issuer'])(
    'the public key is the secret of its signature: %s',
    async (kind) => {
      const server = await start(kind === 'an OIDC issuer' ? oidc() : userPool())
      const key = await importJWK(issuer.publicKey, 'RS256')
      if (key instanceof Uint8Array) throw new Error('The public key has another form')

      for (const secret of [await exportSPKI(key), JSON.stringify(issuer.publicKey)]) {
        const token = await new SignJWT(accessClaims(issuer.url))
          .setProtectedHeader({ alg: 'HS256', kid: 'first' })
          .sign(createSecretKey(Buffer.from(secret)))
        expect(await asking(server, token)).toMatchObject({ status: 401 })
      }
    },
  )

  test('it is no JWT, or has the scheme Bearer without an OIDC issuer', async () => {
    const server = await start(userPool())
    const unreadable = refused('Unable to parse JWT token.')

    for (const token of ['nonsense', 'a.b.c', `Bearer ${await issuer.sign()}`]) {
      expect(await asking(server, token)).toMatchObject(unreadable)
    }
    expect(await ask(server, QUERY, {})).toMatchObject(
      refused('Valid authorization header not provided.'),
    )
  })

  test.each<[string, string, object]>([
    ['no object', '{"alg":"RS256"}', []],
    ['null', '{"alg":"RS256"}', Object(null)],
    ['an issuer that is no text', '{"alg":"RS256","kid":"first"}', { iss: ['x'] }],
    ['an expiry that is no number', '{"alg":"RS256","kid":"first"}', { exp: 'soon' }],
    ['a header that is no object', '[]', {}],
    ['a key id that is no text', '{"alg":"RS256","kid":{}}', {}],
    ['the name of a property as its key id', '{"alg":"RS256","kid":"__proto__"}', {}],
    ['critical extensions', '{"alg":"RS256","kid":"first","crit":["x"],"x":1}', {}],
    ['its own key', '{"alg":"RS256","jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}}', {}],
  ])('it has %s', async (_, header, changes) => {
    const server = await start(oidc(), userPool())
    const claims = Array.isArray(changes) ? changes : { ...accessClaims(issuer.url), ...changes }
    const [head, body] = [header, JSON.stringify(claims)].map((text) =>
      Buffer.from(text).toString('base64url'),
    )
    const [, , signature] = (await issuer.sign()).split('.')

    for (const token of [`${head}.${body}.${signature}`, `${head}.${body}.a.b.c`])
      expect(await asking(server, token)).toMatchObject({ status: 401 })
    expect(server.logged.filter(({ level }) => level === 'ERROR')).toEqual([])
  })

  test('it was accepted before, and has expired since', async () => {
    const server = await start(userPool())
    const exp = seconds() + 2
    const token = await issuer.sign({ exp })

    expect(await asking(server, token)).toMatchObject({ status: 200 })
    await eventually(async () => Date.now() / 1000 > exp || undefined)
    expect(await asking(server, token)).toMatchObject(refused('Token has expired.'))
  })

  test('the log and the answers never contain it', async () => {
    const server = await start(userPool({ clientIds: CLIENT }), { mode: 'API_KEY' })
    issuer.isBroken = true
    const tokens = [await issuer.sign(), await issuer.sign({ exp: 1 })]

    for (const token of tokens) {
      const answer = await asking(server, token)
      const seen = JSON.stringify([answer, server.logged, server.segments])
      for (const part of token.split('.')) expect(seen).not.toContain(part)
    }
    expect(server.logged).toMatchObject([{ level: 'WARN', issuer: issuer.url }])
  })
})

describe('the keys of an issuer', () => {
  function keysOf(timeout = 5000) {
    const problems: unknown[] = []
    const clock = { now: Date.now() }
    const keys = new IssuerKeys({
      report: (_, problem) => problems.push(problem),
      now: () => clock.now,
      timeout,
    })
    const provider: UserPoolProvider = {
      mode: 'AMAZON_COGNITO_USER_POOLS',
      issuer: issuer.url,
      defaultAction: 'ALLOW',
    }
    const verify = async (kid: string) => {
      const found = await keys.of(provider)
      if (!found) return 'no keys'
      const header = { alg: 'RS256', kid }
      return Promise.resolve(found.key(header, { payload: '', signature: '' })).then(
        () => 'found',
        (error: Error) => error.name,
      )
    }
    return { problems, clock, verify }
  }

  test('a new key works without a restart, and unknown ids ask at most every 10 seconds', async () => {
    const { clock, verify } = keysOf()
    expect(await Promise.all([verify('first'), verify('first')])).toEqual(['found', 'found'])
    expect(issuer.asked).toBe(1)

    clock.now += 10_000
    await issuer.rotate('second')
    expect(await verify('second')).toBe('found')
    expect(await verify('first')).toBe('JWKSNoMatchingKey')
    const flood = Array.from({ length: 100 }, (_, index) => verify(`unknown${index}`))
    expect(new Set(await Promise.all(flood))).toEqual(new Set(['JWKSNoMatchingKey']))
    expect(issuer.asked).toBe(2)
  })

  test('an issuer that is down is asked at most every 10 seconds, and its known keys stay', async () => {
    const { clock, problems, verify } = keysOf()
    issuer.isBroken = true
    expect(await Promise.all([verify('first'), verify('first')])).toEqual(['no keys', 'no keys'])
    expect(await verify('first')).toBe('no keys')
    expect(problems).toHaveLength(1)

    issuer.isBroken = false
    clock.now += 10_000
    expect(await verify('first')).toBe('found')
    issuer.isBroken = true
    clock.now += 3_600_000
    expect(await verify('first')).toBe('found')
    expect(problems).toHaveLength(2)
  })

  test('an issuer that does not answer costs the timeout once', async () => {
    const { problems, verify } = keysOf(50)
    issuer.isStuck = true

    expect(await verify('first')).toBe('no keys')
    expect(problems).toMatchObject([{ name: 'TimeoutError' }])
  })

  test('a request is rejected if nothing listens at the address of the issuer', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = Object(taken.address())
    taken.close()
    const url = `http://127.0.0.1:${port}`
    const server = await start(oidc({ issuer: url }))

    expect(await asking(server, await issuer.sign({ iss: url }))).toMatchObject(
      refused('Unauthorized'),
    )
    expect(server.logged).toMatchObject([
      { issuer: url, error: expect.stringContaining('fetch failed') },
    ])
  })
})

describe('the keys of a user pool of the run', () => {
  test('they verify its tokens on any port of this machine, without a request', async () => {
    const local = 'http://localhost:4000/pool'
    const localKeys = { keys: [issuer.publicKey] }
    const server = await start(userPool({ issuer: local, localKeys }))

    for (const iss of [local, 'http://localhost:4001/pool', 'https://127.0.0.1/pool'])
      expect(await asking(server, await issuer.sign({ iss }))).toMatchObject({ status: 200 })
    for (const iss of ['http://localhost:4000/other', 'http://example.com/pool'])
      expect(await asking(server, await issuer.sign({ iss }))).toMatchObject({ status: 401 })
    expect(issuer.asked).toBe(0)
  })
})

describe('the fields of a user', () => {
  const SCHEMA = `
    type Query {
      open: String
      staff: String @aws_cognito_user_pools(cognito_groups: ["staff", "admins"])
      key: String @aws_api_key
      both: String @aws_api_key @aws_cognito_user_pools
      member: Member
    }
    type Member @aws_cognito_user_pools(cognito_groups: ["staff"]) {
      name: String
      email: String @aws_cognito_user_pools
    }`
  const text = functionOf(() => 'text')
  const all = {
    ...Object.fromEntries(['open', 'staff', 'key', 'both'].map((name) => [`Query.${name}`, text])),
    'Query.member': functionOf(() => ({ name: 'Al', email: 'al@example.com' })),
  }
  const api = (...authProviders: readonly AuthProvider[]) =>
    notesApi({ schema: SCHEMA, authProviders, fields: all })
  const EVERYTHING = '{ open staff key both member { name email } }'

  test('directives admit users, and users of groups', async () => {
    const server = await startOnly(api(userPool(), { mode: 'API_KEY' }))
    const staff = await issuer.sign({ 'cognito:groups': ['x', 'staff'] })

    expect((await asking(server, await issuer.sign(), EVERYTHING)).data).toEqual({
      open: 'text',
      staff: null,
      key: null,
      both: 'text',
      member: { name: null, email: 'al@example.com' },
    })
    expect((await asking(server, staff, EVERYTHING)).data).toMatchObject({
      staff: 'text',
      key: null,
      member: { name: 'Al' },
    })
  })

  test.each([['staff'], [[['staff'], 'Staff', ' staff']], [[{ toString: null }, 1]]])(
    'the groups %j do not contain staff',
    async (groups) => {
      const server = await startOnly(api(userPool()))
      const almost = await issuer.sign({ 'cognito:groups': groups })

      expect((await asking(server, almost, '{ open staff }')).data).toEqual({
        open: 'text',
        staff: null,
      })
    },
  )

  test('the default action DENY hides fields without a directive', async () => {
    const server = await startOnly(api(userPool({ defaultAction: 'DENY' })))

    expect((await asking(server, await issuer.sign(), EVERYTHING)).data).toEqual({
      open: null,
      staff: null,
      key: null,
      both: 'text',
      member: null,
    })
  })

  test('@aws_auth names groups, and only if a user pool is the only mode', async () => {
    const schema = 'type Query { staff: String @aws_auth(cognito_groups: ["staff"]) }'
    const only = notesApi({
      schema,
      authProviders: [userPool()],
      fields: { 'Query.staff': text },
    })
    const server = await startOnly(only)
    const staff = await issuer.sign({ 'cognito:groups': ['staff'] })

    expect((await asking(server, staff, '{ staff }')).data).toEqual({ staff: 'text' })
    expect((await asking(server, await issuer.sign(), '{ staff }')).data).toEqual({ staff: null })
    await expect(
      startOnly({ ...only, authProviders: [userPool(), { mode: 'API_KEY' }] }),
    ).rejects.toThrow(
      '@aws_auth of Query.staff needs a user pool as the only mode of the API: use @aws_cognito_user_pools',
    )
  })

  test('a token takes precedence over an API key', async () => {
    const server = await startOnly(api({ mode: 'API_KEY' }, userPool()))

    const expired = { authorization: await issuer.sign({ exp: 1 }), 'x-api-key': 'da2-any' }
    expect(await ask(server, '{ both }', expired)).toMatchObject(refused('Token has expired.'))
  })
})

describe('over a socket', () => {
  const FEED = `
    type Query { nothing: String }
    type Mutation { tell(text: String): Told @aws_api_key @aws_cognito_user_pools }
    type Subscription {
      onTell: Told @aws_subscribe(mutations: ["tell"]) @aws_api_key @aws_cognito_user_pools
    }
    type Told @aws_api_key @aws_cognito_user_pools { text: String }`
  const PASS = `
    export function request(ctx) { return { payload: ctx.args } }
    export function response(ctx) { return ctx.result }`

  async function connected(token: string) {
    const api = notesApi({
      schema: FEED,
      authProviders: [userPool()],
      fields: { 'Mutation.tell': PASS },
    })
    const server = await startOnly(api)
    const header = (given: string) => ({ host: 'localhost', Authorization: given })
    const encoded = Buffer.from(JSON.stringify(header(token))).toString('base64url')
    const protocols = ['graphql-ws', `header-${encoded}`]
    const client = await RealtimeClient.open(server, { protocols })
    client.send({ type: 'connection_init' })
    return { server, client, header }
  }

  test('the token of the connection and the token of each start message are verified', async () => {
    const token = await issuer.sign()
    const { server, client, header } = await connected(token)
    await client.frame('connection_ack')

    client.start('old', 'subscription { onTell { text } }', {
      authorization: header(await issuer.sign({ exp: 1 })),
    })
    expect(await client.frame('error', 'old')).toMatchObject({
      payload: { errors: [{ errorType: 'UnauthorizedException', message: 'Token has expired.' }] },
    })
    const authorization = header(token)
    await client.subscribe('new', 'subscription { onTell { text } }', { authorization })
    await asking(server, token, 'mutation { tell(text: "hi") { text } }')
    expect(await client.messages('new', 1)).toEqual([{ data: { onTell: { text: 'hi' } } }])
  })

  test('a connection with an invalid token is rejected', async () => {
    const { client } = await connected(await issuer.sign({ exp: 1 }))

    expect(await client.frame('connection_error')).toMatchObject({
      payload: {
        errors: [
          { errorType: 'UnauthorizedException', message: 'Token has expired.', errorCode: 401 },
        ],
      },
    })
  })

  test('a subscription outlives its token', async () => {
    const { server, client, header } = await connected(await issuer.sign())
    await client.frame('connection_ack')
    const exp = Math.floor(Date.now() / 1000) + 1
    const authorization = header(await issuer.sign({ exp }))
    await client.subscribe('short', 'subscription { onTell { text } }', { authorization })

    await eventually(async () => Date.now() / 1000 > exp || undefined)
    await asking(server, await issuer.sign(), 'mutation { tell(text: "late") { text } }')
    expect(await client.messages('short', 1)).toHaveLength(1)
  })
})

/** Starts an API whose schema lacks the subscriptions of the notes. */
function startOnly(api: ApiDefinition): Promise<Running> {
  const declared = (name: string) => api.schema.includes(name.split('.')[1] ?? '')
  const resolvers = api.resolvers.filter(({ typeName, fieldName }) =>
    declared(`${typeName}.${fieldName}`),
  )
  return startApi({ ...api, resolvers })
}
