import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '../support/run-folder.ts'

// A copy of the project, in which `npm run new` writes a domain and removes the examples.

const ROOT = join(__dirname, '../..')
const COPIED = [
  ...['.swcrc', 'cdk.json', 'codegen.yml', 'jest.config.mjs', 'package.json', 'schema.graphql'],
  ...['tsconfig.json', 'bench', 'lib', 'resolvers', 'scripts', 'test'],
]
let project: string

beforeAll(() => {
  project = newFolder('project')
  for (const name of COPIED) cpSync(join(ROOT, name), join(project, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'))
})

const run = (...args: string[]) => answering('', ...args)

function answering(input: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
    input,
    env: { ...process.env, CDK_OUTDIR: join(project, 'cdk.out'), CDK_VALIDATION: 'false' },
  })
  return { status, output: `${stdout}${stderr}` }
}

/** Checks the types. The copy shares node_modules, but not its cache of checked files. */
const typeCheck = () =>
  run('node_modules/typescript/bin/tsc', '--tsBuildInfoFile', 'types.tsbuildinfo')
const NEW = ['--import', 'tsx', 'scripts/new/main.ts']
const newDomain = (...names: string[]) => run(...NEW, ...names)
const empty = (answer: string) => answering(`${answer}\n`, ...NEW, '--empty')
const has = (path: string) => existsSync(join(project, path))
const read = (path: string) => readFileSync(join(project, path), 'utf8')

test('a new domain compiles, passes its tests and is synthesized', () => {
  expect(newDomain('shipping', 'StockItem')).toMatchObject({ status: 0 })

  expect(typeCheck()).toEqual({ status: 0, output: '' })
  const tests = run('node_modules/jest/bin/jest.js', 'test/shipping', 'test/schema')
  expect(tests.output).toContain(' 0 failed')
  expect(tests.status).toBe(0)
  expect(run('--import', 'tsx', 'lib/infrastructure/app.ts')).toMatchObject({ status: 0 })
}, 120_000)

test('a new domain does not overwrite files', () => {
  const before = read('lib/shipping/stock-item.ts')
  const { status, output } = newDomain('shipping', 'StockItem')
  expect(status).toBe(1)
  expect(output).toContain('The domain shipping exists. To add a resource to it, follow docs/')
  expect(newDomain('shipping', 'Letter').output).toContain('The domain shipping exists')
  expect(read('lib/shipping/stock-item.ts')).toBe(before)
  expect(read('lib/infrastructure/stack.ts').match(/shipping/g)).toHaveLength(1)
})

test('a call without two names prints the usage', () => {
  expect(newDomain('shipping')).toEqual({
    status: 1,
    output: expect.stringContaining('npm run new -- DOMAIN RESOURCE'),
  })
  expect(newDomain('--help')).toEqual({
    status: 0,
    output: expect.stringContaining('npm run new -- DOMAIN RESOURCE'),
  })
})

test('the examples are removed only after a confirmation', () => {
  const { status, output } = empty('no')
  expect(status).toBe(0)
  expect(output).toMatch(/lib\/shopping\n.*\n {2}resolvers\/shopping\n.*Nothing was removed/s)
  expect(answering('', ...NEW, '--empty').output).toContain('Nothing was removed')
  expect(has('lib/shopping/product.ts')).toBe(true)
})

test('examples that another domain imports are kept, and the importing file is named', () => {
  const reactions = join(project, 'resolvers/shipping/reactions.ts')
  writeFileSync(reactions, "import { Order } from '../../lib/ordering/index.ts'\n\nvoid Order\n")
  expect(empty('y')).toEqual({
    status: 1,
    output: expect.stringContaining('resolvers/shipping/reactions.ts imports an example domain'),
  })
  expect(has('lib/ordering/order.ts')).toBe(true)
  rmSync(reactions)
})

test('the project without examples compiles and is synthesized, with or without a domain', () => {
  expect(empty('y')).toMatchObject({ status: 0 })
  expect(['lib', 'resolvers', 'test'].map((folder) => has(`${folder}/shopping`))).toEqual([
    false,
    false,
    false,
  ])
  expect(read('schema.graphql')).not.toContain('Product')
  expect(typeCheck()).toEqual({ status: 0, output: '' })
  expect(run('--import', 'tsx', 'lib/infrastructure/app.ts')).toMatchObject({ status: 0 })
  expect(empty('y')).toEqual({
    status: 1,
    output: 'The example domains were already removed\n',
  })

  for (const folder of ['lib', 'resolvers', 'test']) {
    rmSync(join(project, folder, 'shipping'), { recursive: true })
  }
  const stack = read('lib/infrastructure/stack.ts').replace(/.*shipping.*\n/, '')
  writeFileSync(join(project, 'lib/infrastructure/stack.ts'), stack)
  expect(run('--import', 'tsx', 'lib/schema/generate.ts')).toMatchObject({ status: 0 })
  expect(typeCheck()).toEqual({ status: 0, output: '' })
  expect(run('--import', 'tsx', 'lib/infrastructure/app.ts')).toMatchObject({ status: 0 })
  expect(newDomain('shipping', 'Parcel')).toMatchObject({ status: 0 })
  expect(run('--import', 'tsx', 'lib/infrastructure/app.ts')).toMatchObject({ status: 0 })
}, 180_000)
