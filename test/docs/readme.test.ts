import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, parse, validate } from 'graphql'
import { compile } from '../support/compile.ts'

const ROOT = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const AWS = read('lib/local/appsync/schema/aws.graphql')
const schema = buildSchema(`${read('schema.graphql')}\n${AWS}`)

/** Returns the code blocks of a document in one language. */
function pieces(path: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')
  return [...read(path).matchAll(fence)].map(([, text = '']) => text)
}

const rooted = (text: string) => text.replaceAll(/'(\.\.?\/)+(lib|resolvers)\//g, "'../$2/")

test('the GraphQL in the README is valid for the schema', () => {
  const operations = pieces('README.md', 'graphql')
  expect(operations.length).toBeGreaterThan(2)
  for (const text of operations) expect(validate(schema, parse(text))).toEqual([])
})

test('the curl body in the README is valid for the schema', () => {
  const [body = ''] = read('README.md').match(/(?<=-d ').*(?=')/) ?? []
  const { query }: { query: string } = JSON.parse(body)
  expect(validate(schema, parse(query))).toEqual([])
})

test('docs/access.md shows the rules of the example', () => {
  expect(pieces('docs/access.md', 'ts')[0]).toBe(read('resolvers/ordering/access.ts'))
})

test('the TypeScript in the README and the docs compiles', () => {
  const docs = [
    'access',
    'client',
    'commands-elsewhere',
    'commits',
    'errors',
    'events-for-other-teams',
    'evolving-events',
    'local',
    'reactions',
  ].map((name) => `docs/${name}.md`)
  const texts = ['README.md', ...docs].flatMap((path) =>
    pieces(path, 'ts').map((text, index) => [`${path.replace('/', '-')}-${index}`, rooted(text)]),
  )
  expect(texts.length).toBeGreaterThan(3)
  const messages = compile(Object.fromEntries(texts))
  for (const found of Object.values(messages)) expect(found).toEqual([])
})

test('every file that the README and the docs link to exists', () => {
  const docs = readdirSync(join(ROOT, 'docs')).map((name) => join('docs', name))
  for (const path of ['README.md', 'CONTRIBUTING.md', ...docs]) {
    const links = [...read(path).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link)
    const missing = links.filter((link) => !existsSync(join(ROOT, path, '..', link)))
    expect({ path, missing }).toEqual({ path, missing: [] })
  }
})
