import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { runCommand } from '../../../lib/local/process/command.ts'
import { StateFolder } from '../../../lib/local/state-folder.ts'
import { tokenCommand } from '../../../lib/local/users/command.ts'
import type { UserPool } from '../../../lib/local/users/user-pools.ts'

let data: string
let pool: UserPool

beforeAll(async () => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  pool = {
    logicalId: 'People',
    userPoolId: 'us-east-1_people',
    issuer: 'http://localhost:4000/us-east-1_people',
    clientIds: ['web', 'phone'],
    key: { ...(await exportJWK(privateKey)), kid: 'key1', alg: 'RS256' },
  }
})

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'token-'))
  await store(pool)
})

afterEach(() => rmSync(data, { recursive: true }))

const store = (...pools: readonly UserPool[]) => new StateFolder(data, true).writeUserPools(pools)

/** Runs the command. Returns its exit code, its output and its errors. */
async function command(...args: string[]) {
  const texts = { out: '', error: '' }
  const code = await runCommand(tokenCommand, args, {
    out: (text) => {
      texts.out += text
    },
    error: (text) => {
      texts.error += text
    },
  })
  return { code, ...texts }
}

async function claimsOf(...args: string[]) {
  const { out, code } = await command('--data', data, '--user', 'alice', ...args)
  expect(code).toBe(0)
  expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  return decodeJwt(out.trim())
}

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)

test('an access token has the claims of Cognito, and expires in an hour', async () => {
  const claims = await claimsOf()

  expect(claims).toEqual({
    sub: 'alice',
    iss: pool.issuer,
    client_id: 'web',
    username: 'alice',
    scope: 'aws.cognito.signin.user.admin',
    token_use: 'access',
    origin_jti: uuid,
    event_id: uuid,
    jti: uuid,
    auth_time: expect.any(Number),
    iat: expect.any(Number),
    exp: Number(claims.iat) + 3600,
  })
})

test('an id token has the claims of Cognito, with groups and an email', async () => {
  expect(await claimsOf('--use', 'id', '--groups', 'staff, admins')).toMatchObject({
    'cognito:username': 'alice',
    'cognito:groups': ['staff', 'admins'],
    aud: 'web',
    token_use: 'id',
    email: 'alice@example.com',
    email_verified: true,
  })
  expect(await claimsOf('--use', 'id')).not.toHaveProperty('cognito:groups')
})

test('claims are added or replaced, as text or as JSON', async () => {
  const claims = ['custom:plan=gold=1', 'level=3', 'zip="0123"', 'tags=["a"]', 'sub=0fb1']
  const args = claims.flatMap((claim) => ['--claim', claim])

  expect(await claimsOf(...args)).toMatchObject({
    'custom:plan': 'gold=1',
    level: 3,
    zip: '0123',
    tags: ['a'],
    sub: '0fb1',
    username: 'alice',
  })
})

test.each([
  ['30s', 30],
  ['15m', 900],
  ['2h', 7200],
  ['2d', 172_800],
])('a token expires after %s', async (expires, seconds) => {
  const { exp, iat } = await claimsOf('--expires', expires)
  expect(Number(exp) - Number(iat)).toBe(seconds)
})

test.each<[string, string[], string]>([
  ['no user', [], '--user is missing: pass the name of a user, such as alice'],
  ['another duration', ['--user', 'a', '--expires', '1w'], '--expires must be a duration'],
  ['no duration', ['--user', 'a', '--expires', '0s'], 'such as 30s, 15m, 1h or 2d; got 0s'],
  ['another use', ['--user', 'a', '--use', 'both'], '--use must be access or id; got both'],
  ['another claim', ['--user', 'a', '--claim', 'x'], '--claim must be NAME=VALUE'],
  ['another option', ['--user', 'a', '--role', 'x'], "Unknown option '--role'"],
  ['an argument', ['alice'], "Unexpected argument 'alice'"],
])('a command line with %s is rejected with the options', async (_, args, problem) => {
  const { code, out, error } = await command(...args)

  expect(code).toBe(2)
  expect(out).toBe('')
  expect(error).toContain(problem)
  expect(error).toContain('npm run token -- --user NAME')
})

test('a folder that does not exist, or without a user pool, is an error that names the fix', async () => {
  const missing = join(data, 'missing')
  expect(await command('--user', 'a', '--data', missing)).toEqual({
    code: 1,
    out: '',
    error: `${missing} does not exist: run npm start, or pass its folder with --data\n`,
  })
  await store()
  expect(await command('--user', 'a', '--data', data)).toMatchObject({
    code: 1,
    error: expect.stringContaining(
      'has no keys of users: add a user pool to the API of the stack, run npm start',
    ),
  })
})

test('one of several user pools is chosen by its logical id or its id', async () => {
  const other = { ...pool, logicalId: 'Partners', userPoolId: 'us-east-1_partners', issuer: 'x' }
  await store(pool, other)

  expect(await command('--user', 'a', '--data', data)).toMatchObject({
    code: 1,
    error: 'The stack has several user pools: choose one with --pool: People, Partners\n',
  })
  expect(await claimsOf('--pool', 'Partners')).toMatchObject({ iss: 'x' })
  expect(await claimsOf('--pool', 'us-east-1_people')).toMatchObject({ iss: pool.issuer })
  expect(await command('--user', 'a', '--data', data, '--pool', 'x')).toMatchObject({
    error: '--pool must be one of People, Partners; got x\n',
  })
})

test('a user pool without a client is an error that names the fix', async () => {
  await store({ ...pool, clientIds: [] })

  expect(await command('--user', 'a', '--data', data)).toMatchObject({
    code: 1,
    error: 'The user pool People has no client: add an AWS::Cognito::UserPoolClient to the stack\n',
  })
})
