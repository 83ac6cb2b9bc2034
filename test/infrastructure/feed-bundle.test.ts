import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { marshall } from '@aws-sdk/util-dynamodb'
import { App, Stack } from 'aws-cdk-lib'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { newFolder } from '../support/run-folder.ts'

// The bundle of the feed function that `cdk synth` makes for a domain with an upcaster.

const ROOT = join(__dirname, '../..')
const CONCERT = `
  import { Aggregate } from '${ROOT}/lib/event-sourcing/index.ts'
  export class Concert extends Aggregate {
    static upcasters = { Delivered: ({ pieces }) => ({ type: 'SeatsAdded', amount: pieces }) }
    onSeatsAdded() {}
  }`
const FILES = {
  'lib/tickets/index.ts': "export { Concert } from './concert.ts'",
  'lib/tickets/concert.ts': CONCERT,
  'resolvers/tickets/queries.ts':
    'export const queries = { concert() {}, concerts() {}, concertEvents() {} }',
  'resolvers/tickets/commands.ts': 'export const commands = { addSeats() {}, reserveSeats() {} }',
}

interface Bundle {
  /** The file that Lambda loads. */
  readonly path: string
  readonly text: string
  readonly assetHash: string
  /** The source map. */
  readonly map: string
  /** The source folder and the output folder. */
  readonly sources: string
  readonly outdir: string
}

let bundle: Bundle
let again: Bundle

beforeAll(() => {
  // Inside the project, like the files of a domain.
  const sources = mkdtempSync(join(ROOT, 'test/.bundle-'))
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(join(sources, path, '..'), { recursive: true })
    writeFileSync(join(sources, path), text)
  }
  bundle = synthesized(sources, 'one')
  again = synthesized(sources, 'another-one')
}, 60_000)
afterAll(() => rmSync(bundle.sources, { recursive: true }))

function synthesized(sources: string, name: string): Bundle {
  const outdir = newFolder(name)
  const app = new App({ outdir })
  const api = new EventSourcingApi(new Stack(app, 'Test'), 'Api', {
    schema: join(__dirname, 'fixture/tickets.graphql'),
    domains: join(sources, 'lib'),
    resolvers: join(sources, 'resolvers'),
  })
  api.addDomain('tickets', { resources: ['Concert'] })
  app.synth()
  const assets = readdirSync(outdir).filter((file) => file.startsWith('asset.'))
  const bundles = assets.map((assetHash) => {
    const path = join(outdir, assetHash, 'index.mjs')
    const [text, map] = [path, `${path}.map`].map((file) => readFileSync(file, 'utf8'))
    return { path, text: text ?? '', map: map ?? '', assetHash, sources, outdir }
  })
  const feed = bundles.find(({ text }) => text.includes('publishConcertEvent'))
  if (feed) return feed
  throw new Error(`No bundle in ${outdir} publishes`)
}

test('the feed bundle publishes an old event in the current shape', async () => {
  let received = ''
  const server = createServer((request, response) => {
    request.on('data', (chunk) => {
      received += chunk
    })
    request.on('end', () => response.end('{"data":{"publishConcertEvent":{}}}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const item = { id: 'a', number: 1, type: 'Delivered', created: '2030-01-01T00:00:00.000Z' }
  const record = {
    eventName: 'INSERT',
    eventSourceARN: 'arn:aws:dynamodb:eu-central-1:000000000000:table/Concerts/stream/now',
    dynamodb: {
      SequenceNumber: '1',
      NewImage: marshall({ ...item, pieces: 7, meta: { commandId: 'c1' } }),
    },
  }
  const program = `
    const { handler } = await import('${pathToFileURL(bundle.path)}')
    const answer = await handler(
      { Records: [${JSON.stringify(record)}] },
      { getRemainingTimeInMillis: () => 60_000 },
    )
    if (answer.batchItemFailures.length > 0) process.exitCode = 1`
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      env: {
        GRAPHQL_URL: `http://127.0.0.1:${port}/graphql`,
        CONCERT_TABLE: 'Concerts',
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'KEY',
        AWS_SECRET_ACCESS_KEY: 'secret',
      },
    })
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  expect(JSON.parse(received).variables).toEqual({
    e0: { ...item, type: 'SeatsAdded', amount: 7, commandId: 'c1' },
  })
})

test('the feed bundle is identical in every output folder', () => {
  expect(again.text).toBe(bundle.text)
  expect(again.assetHash).toBe(bundle.assetHash)
  for (const folder of [ROOT, bundle.outdir]) {
    expect(bundle.text + bundle.map).not.toContain(folder)
  }
})

test('the source map lists only the project’s own files', () => {
  const { sources }: { sources: string[] } = JSON.parse(bundle.map)
  expect(sources).toContain('lib/appsync/feed/feed.ts')
  expect(sources.filter((source) => source.includes('node_modules'))).toEqual([])
})

test('the feed bundle has the upcasters but no DynamoDB client', () => {
  expect(bundle.text).toContain('Delivered')
  expect(bundle.text).not.toMatch(/DynamoDBClient|DynamoDB_20120810/)
})
