import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'

/** The command that starts Chromium or Chrome. */
const { CHROMIUM = 'chromium' } = process.env

let run: LocalRun
let script: string
let server: Server
let browser: ChildProcess | undefined
let profile: string
let settings: object
let reports: { readonly number?: number; readonly failed?: string }[]

beforeAll(async () => {
  run = await LocalRun.start()
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'page.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  })
  script = outputFiles[0]?.text ?? ''
  server = createServer(async (request, response) => {
    if (request.url === '/settings') response.end(JSON.stringify(settings))
    else if (request.url === '/report') {
      let body = ''
      for await (const chunk of request) body += chunk
      reports.push(JSON.parse(body))
      response.end()
    } else {
      response.setHeader('content-type', 'text/html')
      response.end(`<script type="module">${script}</script>`)
    }
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
}, 60_000)
beforeEach(() => {
  reports = []
  profile = mkdtempSync(join(tmpdir(), 'chromium-'))
})
afterEach(async () => {
  if (browser?.exitCode === null && browser.signalCode === null) {
    browser.kill('SIGTERM')
    await once(browser, 'exit')
  }
  // Processes of the browser may write for a while after its end.
  await eventually(async () => {
    rmSync(profile, { recursive: true, force: true })
    return true
  })
})
afterAll(async () => {
  server?.closeAllConnections()
  server?.close()
  await run?.remove()
}, 30_000)

/** Opens the page in a browser. */
async function open(page: object): Promise<void> {
  settings = page
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : address
  const args = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`]
  browser = spawn(CHROMIUM, [...args, `http://localhost:${port}/`], { stdio: 'ignore' })
  // Rejects if the command does not exist.
  await once(browser, 'spawn').catch((cause) => {
    throw new Error(`${CHROMIUM} does not start: install Chromium, or set CHROMIUM`, { cause })
  })
}

const operator = (): { region: string; accessKeyId: string } =>
  JSON.parse(readFileSync(join(run.folder, 'operator.json'), 'utf8'))

async function addSeats(id?: string): Promise<string> {
  const { data } = await run.graphql(
    'mutation ($input: AddSeatsInput!) { addSeats(input: $input) { id } }',
    { input: { amount: 1, ...(id && { id }) } },
  )
  return data?.addSeats?.id ?? ''
}

const reported = (count: number) =>
  eventually(async () => reports.length >= count || undefined, 30_000)

test('a page receives events over a signed subscription', async () => {
  const { region, ...credentials } = operator()
  const id = await addSeats()
  await open({ graphqlUrl: run.outputs.graphqlUrl, region, credentials, id })
  await reported(1)
  await addSeats(id)
  await addSeats(id)
  await reported(3)
  expect(reports).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }])
}, 60_000)

test('a page with a wrong secret gets the refusal of its signature', async () => {
  const { region, ...operators } = operator()
  const credentials = { ...operators, secretAccessKey: 'wrong' }
  const { graphqlUrl } = run.outputs
  await open({ graphqlUrl, region, credentials, id: crypto.randomUUID() })
  await reported(1)
  expect(reports).toEqual([{ failed: 'InvalidSignatureException' }])
}, 60_000)
