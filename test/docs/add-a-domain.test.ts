import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Match } from 'aws-cdk-lib/assertions'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { expand } from '../../lib/schema/expand.ts'
import { type Part, parsePart, readParts } from '../../lib/schema/part.ts'
import { compileWith } from '../support/compile.ts'
import { generatedFrom } from '../support/generated-types.ts'
import { templateOf } from '../support/synth.ts'

// The steps of docs/add-a-domain.md: its code blocks, in the order of the guide.

const ROOT = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const guide = read('docs/add-a-domain.md')
const [domain = '', index = '', tests = '', commands = '', queries = '', reactions = ''] =
  pieces('ts')
const [part = '', query = ''] = pieces('graphql')

function pieces(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms')
  return [...guide.matchAll(fence)].map(([, text = '']) => text)
}

/** Returns the schema that the guide's part expands to, together with other parts. */
const expanded = (others: readonly Part[]) =>
  expand([
    parsePart('shipping', 'resolvers/shipping/schema.graphql', `${part}\n${query}`),
    ...others,
  ])

test('the code blocks of the guide compile together', () => {
  const texts = new Map([
    ['lib/shipping/parcel.ts', domain],
    ['lib/shipping/index.ts', index],
    ['lib/generated/schema.ts', generatedFrom(expanded(readParts(join(ROOT, 'resolvers'))), ROOT)],
    ['resolvers/shipping/commands.ts', commands],
    ['resolvers/shipping/queries.ts', queries],
    ['resolvers/shipping/reactions.ts', reactions],
    ['test/shipping/parcel.test.ts', tests],
  ])
  expect(compileWith(texts, [...texts.keys()])).toEqual([])
})

test('the one addDomain line of the guide synthesizes its fields and functions', () => {
  const folder = join(ROOT, 'test/.api-guide')
  const files = {
    'schema.graphql': expanded([]),
    // Next to the framework, as in lib/ itself.
    'lib/shipping/parcel.ts': domain,
    'lib/shipping/index.ts': index,
    'lib/event-sourcing/index.ts': "export * from '../../../../lib/event-sourcing/index.ts'",
    'resolvers/shipping/commands.ts':
      'exports.commands = { handInParcel() {}, deliverParcel() {} }',
    'resolvers/shipping/queries.ts': 'exports.queries = { parcelsByIds() {} }',
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
      api.addDomain('shipping', { resources: ['Parcel'] })
    })
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 1)
    template.resourceCountIs('AWS::AppSync::Resolver', 4 + 3)
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 1)
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Mutation fields of shipping',
      Environment: { Variables: { PARCEL_TABLE: Match.anyValue() } },
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the guide has the number of lines that it states', () => {
  const lines = [part, commands].flatMap((text) => text.split('\n')).filter((line) => line.trim())
  expect(lines.length).toBeLessThanOrEqual(45)
  expect(guide).toContain(`${lines.length} lines`)
  expect(read('lib/infrastructure/stack.ts').match(/ordering/g)).toHaveLength(1)
})
