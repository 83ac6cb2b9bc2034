import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { App, Stack, Stage } from 'aws-cdk-lib'
import { Definition, GraphqlApi } from 'aws-cdk-lib/aws-appsync'
import { Asset } from 'aws-cdk-lib/aws-s3-assets'
import { readAssembly } from '../../lib/local/assembly.ts'
import { newFolder } from '../support/run-folder.ts'

const SCHEMA = join(__dirname, 'fixture/schema.graphql')
const folders: string[] = []

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** Synthesizes an app. Returns the folder of its assembly. */
function synthesized(build: (app: App) => void): string {
  const outdir = newFolder('stacks')
  folders.push(outdir)
  const app = new App({ outdir })
  build(app)
  app.synth()
  return outdir
}

function withApi(stack: Stack): Stack {
  new GraphqlApi(stack, 'Api', { name: 'api', definition: Definition.fromFile(SCHEMA) })
  return stack
}

test('of several stacks, the one with the API runs', async () => {
  const folder = synthesized((app) => {
    new Stack(app, 'Network')
    withApi(new Stack(app, 'Orders'))
  })
  expect(await readAssembly(folder)).toMatchObject({ folder, stackName: 'Orders' })
  await expect(readAssembly(folder, 'Ordres')).rejects.toThrow(
    'The app has no stack Ordres: pass to --stack one of Network, Orders',
  )
  await expect(readAssembly(folder, 'Network')).rejects.toThrow(
    'The stack Network has no GraphQL API: pass to --stack one of Orders',
  )
})

test('of several stacks with an API, --stack chooses one by its id or its name', async () => {
  const folder = synthesized((app) => {
    withApi(new Stack(app, 'Orders', { stackName: 'shop-orders' }))
    withApi(new Stack(app, 'Payments'))
    new Stack(app, 'Network')
  })
  await expect(readAssembly(folder)).rejects.toThrow(
    '2 stacks of the app have a GraphQL API: shop-orders, Payments. Choose one, for example: npm start -- --stack shop-orders',
  )
  expect(await readAssembly(folder, 'Payments')).toMatchObject({ stackName: 'Payments' })
  for (const name of ['Orders', 'shop-orders'])
    expect(await readAssembly(folder, name)).toMatchObject({ stackName: 'shop-orders' })
})

test('a stack in a CDK stage runs, with the assets of the stage', async () => {
  let key = ''
  const folder = synthesized((app) => {
    const stack = withApi(new Stack(new Stage(app, 'Production'), 'Orders'))
    key = new Asset(stack, 'Asset', { path: SCHEMA }).s3ObjectKey
  })
  const assembly = await readAssembly(folder)
  expect(assembly.stackName).toBe('Production-Orders')
  expect(readFileSync(assembly.asset(key) ?? '', 'utf8')).toBe(readFileSync(SCHEMA, 'utf8'))
})

test('without a stack, or without an API in several stacks, the error lists the stacks', async () => {
  await expect(readAssembly(synthesized(() => {}))).rejects.toThrow('has no stack: add one with')
  const folder = synthesized((app) => {
    new Stack(app, 'Network')
    new Stack(app, 'Storage')
  })
  await expect(readAssembly(folder)).rejects.toThrow(
    'No stack of the app has a GraphQL API: add an API to one of Network, Storage',
  )
})
