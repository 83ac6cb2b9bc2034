import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { BundleCache, type Recipe } from '../../lib/bundles/index.ts'
import { newFolder } from '../support/run-folder.ts'

const HANDLER = `import { stock } from './stock.ts'
export const handler = () => {
  throw new Error('There are ' + stock)
}
`
let root: string
let recipe: Recipe

beforeEach(() => {
  root = newFolder('project')
  write('package.json', '{ "type": "module" }')
  write('handler.ts', HANDLER)
  write('stock.ts', 'export const stock: number = 7')
  recipe = { root, entry: join(root, 'handler.ts') }
})

function write(name: string, text: string): void {
  writeFileSync(join(root, name), text)
}

/** Bundles with a new cache over the same folder, as after a restart. */
function bundled(changed: Partial<Recipe> = {}) {
  const [cached] = new BundleCache(root).bundles([{ ...recipe, ...changed }])
  const { folder = '' } = cached ?? {}
  return { folder, code: readFileSync(join(folder, 'index.mjs'), 'utf8') }
}

test('a bundle is reused while its files stay the same', () => {
  const first = bundled()
  write('another.ts', 'export {}')
  expect(bundled()).toEqual(first)
})

test('a bundle is identical when it is made alone or with others', () => {
  const alone = bundled()
  write('other.ts', "import { x } from './lib.ts'; export const handler = () => [x]")
  write('lib.ts', 'export const x = 1')
  rmSync(join(root, 'node_modules'), { recursive: true })
  const other = { root, entry: join(root, 'other.ts') }
  const [together, others] = new BundleCache(root).bundles([recipe, other])
  expect(together?.folder).toBe(alone.folder)
  expect(readFileSync(join(others?.folder ?? '', 'index.mjs'), 'utf8')).toContain('handler')
})

test('a bundle is rebuilt when one of its files changes', () => {
  const first = bundled()
  write('stock.ts', 'export const stock: number = 8')
  const second = bundled()
  expect(second.code).not.toBe(first.code)
  expect(second.code).toContain('8')
  write('stock.ts', 'export const stock: number = 7')
  expect(bundled()).toEqual(first)
})

test('a bundle is rebuilt when its recipe or its package settings change', () => {
  write('other.ts', 'export const handler = () => 2')
  expect(bundled({ entry: join(root, 'other.ts') }).code).not.toBe(bundled().code)
  write('handler.ts', "import '#stock'\nexport const handler = () => 1")
  const imports = (file: string) => `{ "type": "module", "imports": { "#stock": "./${file}" } }`
  write('loud.ts', "console.log('loud')")
  write('package.json', imports('stock.ts'))
  expect(bundled().code).not.toContain('loud')
  write('package.json', imports('loud.ts'))
  expect(bundled().code).toContain('loud')
})

test('a bundle is rebuilt when its code was removed', () => {
  const { folder } = bundled()
  rmSync(folder, { recursive: true })
  expect(existsSync(join(bundled().folder, 'index.mjs.map'))).toBe(true)
})

test('a generated module has the same path for the same text', () => {
  const cache = new BundleCache(root)
  expect(cache.module('export {}')).toBe(cache.module('export {}'))
  expect(cache.module('export {}')).not.toBe(cache.module('export default 1'))
})

test('the source map leads from a line of code to its line in TypeScript', () => {
  const { folder, code } = bundled()
  const map = new SourceMap(JSON.parse(readFileSync(join(folder, 'index.mjs.map'), 'utf8')))
  const line = code.split('\n').findIndex((text) => text.includes('There are'))
  const column = code.split('\n')[line]?.indexOf('throw') ?? -1
  const found = map.findEntry(line, column)
  expect(found).toMatchObject({ originalSource: 'handler.ts', originalLine: 2 })
})

test('a syntax error in a file names its place', () => {
  write('stock.ts', 'export const stock = = 7')
  expect(() => bundled()).toThrow(/stock\.ts:1:21: ERROR: Unexpected "="/)
})
