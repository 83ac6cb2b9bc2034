import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Match } from 'aws-cdk-lib/assertions'
import { EventSourcingApi } from '../lib/infrastructure/index.ts'
import { compileWith } from './support/compile.ts'
import { generatedFrom } from './support/generated-types.ts'
import { templateOf } from './support/synth.ts'

// docs/add-a-domain.md, done as it says: its pieces, in the order in which they stand there.

const ROOT = join(__dirname, '..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const guide = read('docs/add-a-domain.md')
const [domain = '', index = '', tests = '', commands = '', reactions = ''] = pieces('ts')
const [fields = ''] = pieces('graphql')
function pieces(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')
  return [...guide.matchAll(fence)].map(([, text = '']) => text)
}

/** The schema with the guide's fields in the types of that name that are there. */
function merged(into: string): string {
  let schema = read(into)
  let rest = fields
  for (const type of ['Query', 'Mutation', 'Subscription']) {
    const block = new RegExp(`^type ${type} {\\n(.*?)^}\\n`, 'ms')
    const [whole = '', added = ''] = block.exec(fields) ?? []
    schema = schema.replace(`type ${type} {\n`, `type ${type} {\n${added}`)
    rest = rest.replace(whole, '')
  }
  return `${schema}\n${rest}`
}

test('the pieces of the guide compile together', () => {
  const texts = new Map([
    ['lib/shipping/parcel.ts', domain],
    ['lib/shipping/index.ts', index],
    ['lib/generated/schema.ts', generatedFrom(merged('schema.graphql'))],
    ['resolvers/shipping/commands.ts', commands],
    ['resolvers/shipping/reactions.ts', reactions],
    ['test/shipping/parcel.test.ts', tests],
  ])
  expect(compileWith(texts, [...texts.keys()])).toEqual([])
})

test('the fields and functions of the guide are synthesized by its one line', () => {
  const folder = join(ROOT, 'test/.api-guide')
  const files = {
    'schema.graphql': merged('test/infrastructure/fixture/shopping.graphql'),
    'lib/shopping/index.ts': 'exports.Product = class {}',
    // Beside the framework, as in lib/ itself.
    'lib/shipping/parcel.ts': domain,
    'lib/shipping/index.ts': index,
    'lib/event-sourcing/index.ts': "export * from '../../../../lib/event-sourcing/index.ts'",
    'resolvers/shopping/commands.ts': 'exports.c = { restockProduct() {}, reserveProduct() {} }',
    'resolvers/shipping/commands.ts':
      'exports.commands = { handInParcel() {}, deliverParcel() {} }',
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  try {
    const template = templateOf((scope) => {
      const api = new EventSourcingApi(scope, 'Api', {
        schema: join(folder, 'schema.graphql'),
        domains: join(folder, 'lib'),
        resolvers: join(folder, 'resolvers'),
      })
      api.addDomain('shopping', { resources: ['Product'] })
      api.addDomain('shipping', { resources: ['Parcel'] })
    })
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 2)
    template.resourceCountIs('AWS::AppSync::Resolver', 6 + 5)
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2)
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Mutation fields of shipping',
      Environment: { Variables: { PARCEL_TABLE: Match.anyValue() } },
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the second domain cost the others what the guide says', () => {
  const schema = read('schema.graphql')
  const within = schema.match(/^ {2}# Ordering$.*?(?=^ {2}# (?:\w+$|Operations)|^}$)/gms) ?? []
  const types = schema.match(/^# Ordering$.*?(?=^# \w+$)/gms) ?? []
  expect([within.length, types.length]).toEqual([3, 1])
  const lines = [...within, ...types]
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.trim())
  expect(guide).toContain(`sections of \`schema.graphql\`, ${lines.length} lines`)
  expect(read('lib/infrastructure/stack.ts').match(/ordering/g)).toHaveLength(1)
})
