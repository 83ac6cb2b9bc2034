import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { runCommand } from '../../../lib/local/process/command.ts'
import type { Outputs } from '../../../lib/local/state-folder.ts'
import { tokenCommand } from '../../../lib/local/users/command.ts'
import { withFixtureRuns } from '../support/fixture-runs.ts'

jest.setTimeout(60_000)

const runs = withFixtureRuns(join(__dirname, 'fixture'))

const start = (stack: string, ...args: string[]) =>
  runs.start([...runs.assembled(), '--stack', stack, ...args])

/** Runs `npm run token`. */
async function token(...args: string[]): Promise<string> {
  let [out, problem] = ['', '']
  const code = await runCommand(tokenCommand, ['--data', runs.state, ...args], {
    out: (text) => {
      out += text
    },
    error: (text) => {
      problem += text
    },
  })
  if (code !== 0) throw new Error(problem)
  return out.trim()
}

async function whoAmI({ graphqlUrl }: Outputs, authorization: string) {
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ whoAmI }' }),
  })
  const { data, errors } = JSON.parse(await response.text())
  return { status: response.status, ...(errors ? { errors } : JSON.parse(data.whoAmI)) }
}

test('a token is accepted by the run and by libraries that know only the issuer, and a ticket by the authorizer', async () => {
  const main = start('Users')
  const outputs = await main.ready(runs.state)
  const { issuer = '', clientId = '' } = outputs
  expect(issuer).toBe(`${new URL(outputs.graphqlUrl).origin}/${issuer.split('/').at(-1)}`)
  expect(main.output).toContain(`Issuer     ${issuer}`)
  expect(main.output).toContain(`Client     ${clientId}`)

  const access = await token('--user', 'alice', '--groups', 'staff,admins', '--claim', 'age=42')
  expect(await whoAmI(outputs, access)).toMatchObject({
    type: 'User Pool Authorization',
    identity: { sub: 'alice', username: 'alice', groups: ['staff', 'admins'], claims: { age: 42 } },
  })
  expect(await whoAmI(outputs, await token('--user', 'bob', '--use', 'id'))).toMatchObject({
    identity: { username: 'bob', groups: null, claims: { aud: clientId } },
  })

  const discovery = JSON.parse(await textAt(`${issuer}/.well-known/openid-configuration`))
  expect(discovery).toMatchObject({ issuer, jwks_uri: `${issuer}/.well-known/jwks.json` })
  const keys = createRemoteJWKSet(new URL(discovery.jwks_uri))
  const { payload } = await jwtVerify(access, keys, { issuer })
  expect(payload).toMatchObject({ client_id: clientId, token_use: 'access' })
  const published = await textAt(discovery.jwks_uri)
  for (const secret of ['"d"', '"p"', '"q"']) expect(published).not.toContain(secret)

  // The Lambda authorizer of the stack decides about tokens of no issuer.
  expect(await whoAmI(outputs, 'ticket-of-alice')).toEqual({
    status: 200,
    type: 'Lambda Authorization',
    identity: { resolverContext: { sub: 'alice', groups: 'staff' } },
  })
  expect(await whoAmI(outputs, 'ticket-of-bob')).toMatchObject({
    status: 401,
    errors: [{ errorType: 'UnauthorizedException' }],
  })
})

test('tokens and keys survive a restart on another port, and appear in no log', async () => {
  const first = start('Users')
  const before = await first.ready(runs.state)
  const old = await token('--user', 'alice')
  await whoAmI(before, old)
  await whoAmI(before, `${old}x`)
  await first.kill('SIGINT')
  const stopped = await token('--user', 'bob', '--expires', '5m')

  const second = start('Users')
  const after = await second.ready(runs.state)
  expect(after.graphqlUrl).not.toBe(before.graphqlUrl)
  expect(await whoAmI(after, old)).toMatchObject({ status: 200, identity: { sub: 'alice' } })
  expect(await whoAmI(after, stopped)).toMatchObject({ status: 200, identity: { sub: 'bob' } })
  await second.kill('SIGINT')

  const files = readdirSync(runs.state, { recursive: true, encoding: 'utf8' })
    .map((name) => join(runs.state, name))
    .filter((file) => statSync(file).isFile())
  expect(files.some((file) => file.endsWith('traces.jsonl'))).toBe(true)
  const texts = [...files.map((file) => readFileSync(file, 'latin1')), first.output, second.output]
  for (const part of [old, stopped].flatMap((each) => each.split('.').slice(1)))
    expect(texts.filter((text) => text.includes(part))).toEqual([])
  expect(statSync(join(runs.state, 'users.json')).mode & 0o777).toBe(0o600)
})

test('a run without data has keys until its stop', async () => {
  const state = join(runs.folder, 'memory')
  const args = ['--port', '0', '--data', 'memory', '--stack', 'Users', '--assembly']
  const main = runs.start([...args, join(runs.folder, 'assembly')], await folder(state))
  const outputs = await main.ready(join(state, '.local'))

  const made = await token('--user', 'alice', '--data', join(state, '.local'))
  expect(await whoAmI(outputs, made)).toMatchObject({ status: 200 })
  await main.kill('SIGINT')
  expect(existsSync(join(state, '.local', 'users.json'))).toBe(false)
})

test('an authorizer needs the permission for AppSync, and a pool needs a client', async () => {
  const main = start('Unpermitted')
  const outputs = await main.ready(runs.state)

  expect(outputs).not.toHaveProperty('clientId')
  expect(await whoAmI(outputs, 'ticket-of-alice')).toMatchObject({ status: 401 })
  expect(main.output).toMatch(
    /appsync\.amazonaws\.com is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:\S+Authorizer/,
  )
  await expect(token('--user', 'alice')).rejects.toThrow(
    /The user pool People\w+ has no client: add an AWS::Cognito::UserPoolClient to the stack/,
  )
})

async function textAt(url: string): Promise<string> {
  return (await fetch(url)).text()
}

async function folder(path: string): Promise<string> {
  await mkdir(path)
  return path
}
