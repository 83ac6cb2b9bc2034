import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { join } from 'node:path'
import { newFolder } from '../support/run-folder.ts'
import { accept } from './support/accepting.ts'

const folder = newFolder('accept')
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

function file(content: string): string {
  const path = join(folder, 'outputs.json')
  writeFileSync(path, content)
  return path
}

/** Starts a server, and returns its URL. */
async function serving(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, 'localhost')
  servers.push(server)
  await once(server, 'listening')
  const address = server.address()
  return `http://localhost:${typeof address === 'object' ? address?.port : 0}/graphql`
}

const outputsOf = (graphqlUrl: string) =>
  file(JSON.stringify({ graphqlUrl, realtimeUrl: 'ws://localhost:1/graphql', apiKey: 'da2-x' }))

test.each([
  [[], '--outputs is missing: pass the file with the URLs\n'],
  [['--outputs', ''], '--outputs must have a value; got an empty one\n'],
  [
    ['--outputs', 'x', '--within', 'long'],
    '--within must be a number of seconds from 1 to 170; got long\n',
  ],
  [
    ['--outputs', 'x', '--within', '600'],
    '--within must be a number of seconds from 1 to 170; got 600\n',
  ],
  [['--output', 'x'], "Unknown option '--output'"],
])('the command line %j is wrong', async (args, message) => {
  const { status, text } = await accept(...args)
  expect(text).toContain(message)
  expect(text).toContain('npm run accept -- --outputs FILE')
  expect(status).toBe(2)
})

test('--only chooses promises by parts of their names', async () => {
  const url = await serving((_, response) => response.end('{"data": {"__typename": "Query"}}'))
  const chosen = ['--only', 'wrong signature', '--only', 'without a valid key']
  const { status, broken, skipped } = await accept('--outputs', outputsOf(url), ...chosen)
  expect({ status, broken, skipped }).toEqual({
    status: 1,
    broken: ['a caller without a valid key is refused'],
    skipped: ['a wrong signature is refused'],
  })
  const unknown = await accept('--outputs', outputsOf(url), '--only', 'watchers')
  expect(unknown.status).toBe(2)
  expect(unknown.text).toContain("--only must be a part of a promise's name; got watchers")
  expect(unknown.text).toContain('  a watcher misses nothing, in order')
})

test('--help lists the options', async () => {
  const { status, text } = await accept('--help')
  expect(text).toContain('--within SECONDS')
  expect(status).toBe(0)
})

const STACKS = {
  'EventSourcing-dev': { ApiApiGraphqlUrl1: 'x', ApiGraphqlUrl12AB: 'https://a.example/graphql' },
  'EventSourcing-prod': { ApiGraphqlUrl12AB: 'https://b.example/graphql' },
}

test.each([
  [
    'no JSON',
    'https://',
    /must contain a JSON object with the outputs of a stack; got https:\/\/$/,
  ],
  ['a list', '[1]', /must contain a JSON object with the outputs of a stack; got \[1\]$/],
  [
    'no URL',
    '{"Stack": {"Table": "x"}}',
    /contains no GraphQL URL: pass the outputs of npm start or of npm run deploy$/,
  ],
  ['a wrong URL', '{"graphqlUrl": "localhost"}', /must contain the URL graphqlUrl; got localhost$/],
  [
    'no real-time URL',
    '{"graphqlUrl": "http://localhost:1/"}',
    /must contain the URL realtimeUrl; got none$/,
  ],
  [
    'two stacks',
    JSON.stringify(STACKS),
    /has several stacks: pass to --stack one of EventSourcing-dev, EventSourcing-prod$/,
  ],
])('a file with %s is an error that names the fix', async (_, content, message) => {
  const { status, text } = await accept('--outputs', file(content))
  expect(text.trim()).toMatch(message)
  expect(status).toBe(2)
})

test('a missing file and an unknown stack are errors that name the fix', async () => {
  expect(await accept('--outputs', join(folder, 'none.json'))).toMatchObject({
    status: 2,
    text: expect.stringMatching(/^There is no readable file .*none\.json: pass --outputs /),
  })
  const stacks = file(JSON.stringify(STACKS))
  expect(await accept('--outputs', stacks, '--stack', 'Other')).toMatchObject({
    status: 2,
    text: expect.stringContaining('has no stack Other: pass to --stack one of EventSourcing-dev'),
  })
})

test('without an API key and without credentials, an error names the option that makes a key', async () => {
  const outputs = { graphqlUrl: 'http://localhost:9/graphql', realtimeUrl: 'ws://localhost:9/' }
  const { status, text } = await accept('--outputs', file(JSON.stringify(outputs)))
  expect(text).toMatch(
    /outputs\.json contains no API key: deploy with -c apiKey=on, pass --api-key, or pass credentials for signed requests \(no credentials: /,
  )
  expect(status).toBe(2)
})

test('an address where nothing answers is an error within seconds', async () => {
  const { status, text } = await accept('--outputs', outputsOf('http://localhost:9/graphql'))
  expect(text).toMatch(
    /^No GraphQL API answers at http:\/\/localhost:9\/graphql \(.*\): start the local run/,
  )
  expect(status).toBe(2)
})

test('an address that is not a GraphQL API is an error', async () => {
  const url = await serving((_, response) => response.writeHead(404).end('<html>'))
  const { status, text } = await accept('--outputs', outputsOf(url))
  expect(text).toContain('expected an answer in JSON; saw HTTP status 404: <html>')
  expect(status).toBe(2)
})

test('an API without products and orders is an error', async () => {
  const url = await serving(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const [, field] = /\{ (\w+)\(/.exec(body) ?? []
    const message = `Validation error of type FieldUndefined: Field '${field}' in type 'Query' is undefined @ '${field}'`
    response.end(JSON.stringify({ data: null, errors: [{ message }] }))
  })
  const { status, text } = await accept('--outputs', outputsOf(url))
  expect(text).toContain('has neither products nor orders: the checks need the example domains')
  expect(status).toBe(2)
})

test('an API that answers anything to anybody breaks every promise, and skips with a reason', async () => {
  const url = await serving((_, response) => response.end('{"data": {"__typename": "Query"}}'))
  const { status, text, broken, skipped } = await accept(
    '--outputs',
    outputsOf(url),
    '--within',
    '2',
  )
  expect(broken).toContain('a caller without a valid key is refused')
  expect(skipped).toEqual([
    'operators see and control reactors',
    'a signed request opens commands and queries',
    'a wrong signature is refused',
    'introspection is as the stage says',
    'an overwritten event raises the alarm',
  ])
  expect(text).toMatch(/\n0 kept, 30 broken, 5 skipped\n$/)
  expect(text).toContain('no credentials: ')
  expect(status).toBe(1)
})

test('an API that accepts a forged signature breaks the promise about signatures', async () => {
  const url = await serving((_, response) => response.end('{"data": {"__typename": "Query"}}'))
  const outputs = outputsOf(url)
  const keys = { accessKeyId: 'ASIAX', secretAccessKey: 'secret', sessionToken: 'token' }
  const operator = join(folder, 'operator.json')
  writeFileSync(operator, JSON.stringify({ region: 'us-east-1', ...keys }))
  const { broken } = await accept('--outputs', outputs, '--within', '2')
  rmSync(operator)
  expect(broken).toContain('a wrong signature is refused')
  expect(broken).toContain('operators see and control reactors')
})

test('an API that stops answering breaks promises in time', async () => {
  let requests = 0
  const url = await serving((_, response) => {
    requests += 1
    if (requests === 1) response.end('{"data": {"product": null}}')
  })
  const began = performance.now()
  const { status, text } = await accept('--outputs', outputsOf(url), '--within', '2')
  expect(text).toContain('the check to end did not come about within 2 s')
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(status).toBe(1)
})
