import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '../support/run-folder.ts'

// A copy of the project, in which `npm run new` writes a domain.

const ROOT = join(__dirname, '../..')
const COPIED = [
  ...['.swcrc', 'cdk.json', 'codegen.yml', 'jest.config.mjs', 'package.json', 'schema.graphql'],
  ...['tsconfig.json', 'lib', 'resolvers', 'scripts', 'test'],
]
let project: string

beforeAll(() => {
  project = newFolder('project')
  for (const name of COPIED) cpSync(join(ROOT, name), join(project, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'))
})

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, CDK_OUTDIR: join(project, 'cdk.out'), CDK_VALIDATION: 'false' },
  })
  return { status, output: `${stdout}${stderr}` }
}

const newDomain = (...names: string[]) => run('--import', 'tsx', 'scripts/new/main.ts', ...names)
const read = (path: string) => readFileSync(join(project, path), 'utf8')

test('a new domain compiles, passes its tests and is synthesized', () => {
  expect(newDomain('shipping', 'StockItem')).toMatchObject({ status: 0 })

  expect(run('node_modules/typescript/bin/tsc')).toEqual({ status: 0, output: '' })
  const tests = run('node_modules/jest/bin/jest.js', 'test/shipping', 'test/schema')
  expect(tests.output).toContain(' 0 failed')
  expect(tests.status).toBe(0)
  expect(run('--import', 'tsx', 'lib/infrastructure/app.ts')).toMatchObject({ status: 0 })
}, 120_000)

test('nothing is overwritten', () => {
  const before = read('lib/shipping/stock-item.ts')
  const { status, output } = newDomain('shipping', 'StockItem')
  expect(status).toBe(1)
  expect(output).toContain('lib/shipping/stock-item.ts exists already: nothing is overwritten')
  expect(newDomain('shipping', 'Letter').output).toContain('lib/shipping/index.ts exists already')
  expect(read('lib/shipping/stock-item.ts')).toBe(before)
  expect(read('lib/infrastructure/stack.ts').match(/shipping/g)).toHaveLength(1)
})

test('without two names, the usage is printed', () => {
  expect(newDomain('shipping')).toEqual({
    status: 1,
    output: expect.stringContaining('npm run new -- DOMAIN RESOURCE'),
  })
})
