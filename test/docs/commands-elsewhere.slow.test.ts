import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Assembly, readAssembly } from '../../lib/local/assembly.ts'
import { objectAt } from '../../lib/local/json.ts'
import type { Outputs } from '../../lib/local/state-folder.ts'
import { cdkApp, synthesize } from '../../lib/local/synthesis/index.ts'
import { MainProcess } from '../local/support/main-process.ts'
import { eventually } from '../support/eventually.ts'
import { newFolder } from '../support/run-folder.ts'

// The code of docs/commands-elsewhere.md, in an app that also has parts without the API.

jest.setTimeout(120_000)

const ROOT = join(__dirname, '../..')
/** The product that the message in the queue restocks. It does not exist at the start. */
const EXPECTED = 'c6b4a4f1-4d0b-4c86-9c4e-0d3c0c2a4d11'
const APP = `import { App, Stack } from 'aws-cdk-lib'
import { UserPool } from 'aws-cdk-lib/aws-cognito'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { grantOperators } from './functions/operators.ts'
import { RestockRoute } from './functions/restock-route.ts'
import { Restocks } from './functions/restocks.ts'

const app = new App()
new Bucket(new Stack(app, 'Other'), 'Pictures')
const stack = new Stack(app, 'Shop')
new UserPool(stack, 'Users')
new Bucket(stack, 'Pictures')
const root = '${ROOT}'
const api = new EventSourcingApi(stack, 'Api', {
  schema: root + '/schema.graphql',
  resolvers: root + '/resolvers',
})
api.addDomain('shopping', { resources: ['Product'] })
api.addDomain('ordering', { resources: ['Order'] })
api.addOperations()
new Restocks(stack, 'Restocks', api)
new RestockRoute(stack, 'RestockRoute', api)
grantOperators(stack, api, 'arn:aws:iam::000000000000:role/operators')
`

let folder: string
let state: string
let assembly: Assembly
let main: MainProcess
let outputs: Outputs

beforeAll(async () => {
  folder = mkdtempSync(join(ROOT, 'test/.elsewhere-'))
  state = newFolder('elsewhere')
  write('cdk.json', JSON.stringify({ app: 'tsx app.ts' }))
  write('app.ts', APP)
  for (const [path, text] of documentedFiles()) write(path, text)
  const cdkOut = join(folder, 'cdk.out')
  await synthesize(await cdkApp(folder), cdkOut)
  assembly = await readAssembly(cdkOut)
  // A message of before the start.
  const queues = join(state, 'queues')
  mkdirSync(queues, { recursive: true })
  writeFileSync(
    join(queues, `${logicalIdOf('RestocksQueue')}.jsonl`),
    `${JSON.stringify({ id: EXPECTED, amount: 5 })}\n`,
  )
  main = new MainProcess(['--port', '0', '--data', state, '--assembly', cdkOut], ROOT)
  outputs = await main.ready(state)
}, 120_000)

afterAll(async () => {
  await main?.kill('SIGINT')
  rmSync(folder, { recursive: true })
  rmSync(state, { recursive: true })
}, 60_000)

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

/** Returns the code blocks that begin with a path. */
function documentedFiles(): [path: string, text: string][] {
  const guide = readFileSync(join(ROOT, 'docs/commands-elsewhere.md'), 'utf8')
  const blocks = guide.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```/gms)
  return [...blocks].map(([, path = '', text = '']) => [
    path,
    text.replaceAll("'../lib/", "'../../../lib/"),
  ])
}

function logicalIdOf(start: string): string {
  const ids = Object.keys(objectAt(assembly.template, 'Resources'))
  return ids.find((id) => new RegExp(`^${start}[0-9A-F]{8}$`).test(id)) ?? ''
}

/** Runs a file of the app on the local tables, as docs/local.md describes it. */
async function onLocalTables(...args: readonly string[]): Promise<string> {
  const env = `--env-file=${join(state, 'tables.env')}`
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, [env, '--import', 'tsx', ...args], { cwd: folder })
  return stdout.trim()
}

async function quantities(): Promise<number[]> {
  const response = await fetch(outputs.graphqlUrl, {
    method: 'POST',
    headers: { 'x-api-key': outputs.apiKey ?? '' },
    body: JSON.stringify({ query: '{ products { items { quantity } } }' }),
  })
  const answer: { data: { products: { items: { quantity: number }[] } } } = JSON.parse(
    await response.text(),
  )
  return answer.data.products.items.map(({ quantity }) => quantity)
}

test('the start lists in one warning what it leaves out', () => {
  const warnings = main.output.split('\n').filter((line) => line.includes('warning: '))
  expect(warnings).toHaveLength(1)
  for (const type of ['S3::Bucket', 'ApiGatewayV2::Api'])
    expect(warnings[0]).toContain(`AWS::${type} (`)
})

test('the table admits the functions by their tags, and the role by its ARN', () => {
  const resources = objectAt(assembly.template, 'Resources')
  expect(JSON.stringify(resources.ProductEvents)).toContain(
    'arn:aws:iam::000000000000:role/operators',
  )
  for (const role of ['RestocksFunctionServiceRole', 'RestockRouteFunctionServiceRole']) {
    const { Tags } = objectAt(resources[logicalIdOf(role)], 'Properties')
    expect(Tags).toContainEqual({ Key: 'commits:Product', Value: expect.any(String) })
  }
})

test('a queue’s function commands, and retries a message whose product does not exist yet', async () => {
  write(
    'create.ts',
    `import { bind, dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
bind(Product, dynamoDBEventStore({ tableName: process.env.PRODUCT_TABLE }))
await new Product('${EXPECTED}').restock(30, { creates: true })
`,
  )
  await eventually(async () => /ResourceNotFound/.test(main.output) || undefined, 20_000)
  await onLocalTables('create.ts')
  await eventually(async () => (await quantities()).includes(35) || undefined, 20_000)
})

test('a script commands', async () => {
  const [id, quantity] = (await onLocalTables('scripts/restock.ts', '3')).split(' ')
  expect(quantity).toBe('3')
  expect(await onLocalTables('scripts/restock.ts', '4', id ?? '')).toBe(`${id} 7`)
  expect(await quantities()).toContain(7)
})

test('an HTTP handler commands once per key, and answers with the errors of the rules', async () => {
  write(
    'call.ts',
    `import { handler } from './functions/restock-http.ts'
const call = (amount: number, id?: string, key?: string) =>
  handler({
    body: JSON.stringify({ amount }),
    headers: key === undefined ? {} : { 'idempotency-key': key },
    pathParameters: id === undefined ? {} : { id },
  } as Parameters<typeof handler>[0])
const [id] = process.argv.slice(2)
const key = '5f3a6a1e-1d0c-4f0f-8a27-55d6a7a3cf10'
const answers = [await call(2, id, key), await call(2, id, key), await call(-1, id),
  await call(1, '3b241101-e2bb-4255-8caf-4136c566a962')]
console.log(JSON.stringify(answers.map(({ statusCode, body }) => [statusCode, JSON.parse(body ?? '')])))
`,
  )
  const [id = ''] = (await onLocalTables('scripts/restock.ts', '2')).split(' ')
  expect(JSON.parse(await onLocalTables('call.ts', id))).toEqual([
    [200, { id, version: 2, quantity: 4 }],
    [200, { id, version: 2, quantity: 4 }],
    [409, { code: 'InvalidAmount', message: expect.any(String) }],
    [404, { code: 'ResourceNotFound', message: expect.any(String) }],
  ])
})
