import { execFile } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { assembly } from '../support/assembly.ts'
import { LocalRun } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'
import { accept, outputsOf } from './support/accepting.ts'

const ROOT = join(__dirname, '../..')
let run: LocalRun

beforeAll(async () => {
  run = await LocalRun.start(undefined, {}, [], await assembly('examples'))
}, 60_000)
afterAll(() => run?.remove(), 30_000)

test('an intact run keeps all promises, as often as it is checked', async () => {
  for (let time = 1; time <= 2; time += 1) {
    const { status, broken, skipped, text } = await accept(...outputsOf(run))
    expect({ broken, skipped, text }).toEqual({ broken: [], skipped: [], text })
    expect(status).toBe(0)
  }
}, 120_000)

test('without an API key, the checks sign their requests and skip the promises about keys', async () => {
  const folder = newFolder('keyless')
  cpSync(join(run.folder, 'operator.json'), join(folder, 'operator.json'))
  const { apiKey: _, ...outputs } = JSON.parse(
    readFileSync(join(run.folder, 'outputs.json'), 'utf8'),
  )
  const file = join(folder, 'outputs.json')
  writeFileSync(file, JSON.stringify(outputs))
  const { status, broken, skipped, text } = await accept('--outputs', file)
  expect({ broken, text }).toEqual({ broken: [], text })
  expect(skipped).toEqual([
    'an API key opens commands and queries',
    'an API key cannot publish events',
    "an API key cannot use operators' fields",
  ])
  expect(status).toBe(0)
}, 60_000)

test('the command prints the table and exits, also with the outputs in the form of a deployment', async () => {
  const { graphqlUrl, realtimeUrl, apiKey } = run.outputs
  const outputs = {
    ApiGraphqlUrl12AB: graphqlUrl,
    ApiRealtimeUrl3: realtimeUrl,
    ApiApiKey9F: apiKey,
  }
  const folder = newFolder('deployed')
  const file = join(folder, 'outputs.json')
  writeFileSync(file, JSON.stringify({ 'EventSourcing-dev': outputs }))
  const main = ['--import', 'tsx', 'lib/acceptance/main.ts', '--outputs', file]
  const { stdout } = await promisify(execFile)(process.execPath, main, { cwd: ROOT })
  expect(stdout).toMatch(/^events are numbered in their order +kept +\d+\.\d$/m)
  expect(stdout).toMatch(/^introspection is as the stage says +kept/m)
  expect(stdout).toMatch(/\n31 kept, 0 broken, 4 skipped\n$/)
}, 60_000)
