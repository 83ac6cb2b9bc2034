import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Match } from 'aws-cdk-lib/assertions'
import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Alarms } from '../../lib/infrastructure/alarms.ts'
import { apiResource } from '../../lib/infrastructure/api-logs.ts'
import { Contract } from '../../lib/infrastructure/contract.ts'
import { EventTable } from '../../lib/infrastructure/event-table.ts'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { stageOf } from '../../lib/infrastructure/stage.ts'
import { templateOf } from '../support/synth.ts'

const ROOT = join(__dirname, '../..')
const SCHEMA = readFileSync(join(__dirname, 'fixture/shopping.graphql'), 'utf8')
let folder: string

beforeEach(() => {
  // The functions' bundler wants every entry below the project.
  folder = mkdtempSync(join(ROOT, 'test/.api-'))
  mkdirSync(join(folder, 'resolvers/shopping'), { recursive: true })
  domain('shopping', 'exports.Product = class {}')
  write('feed', 'exports.handler = async () => {}')
  write('shopping/queries', 'exports.queries = { product() {}, products() {}, productEvents() {} }')
  write('shopping/commands', 'exports.commands = { restockProduct() {}, reserveProduct() {} }')
})

afterEach(() => rmSync(folder, { recursive: true }))

function write(file: string, text: string) {
  writeFileSync(join(folder, 'resolvers', `${file}.ts`), text)
}

function domain(name: string, index: string) {
  mkdirSync(join(folder, 'lib', name), { recursive: true })
  writeFileSync(join(folder, 'lib', name, 'index.ts'), index)
}

function synthesize(schema: string, resources = ['Product'], limits: Partial<CfnGraphQLApi> = {}) {
  writeFileSync(join(folder, 'schema.graphql'), schema)
  return templateOf((scope) => {
    const api = new EventSourcingApi(scope, 'Api', {
      schema: join(folder, 'schema.graphql'),
      domains: join(folder, 'lib'),
      resolvers: join(folder, 'resolvers'),
    })
    Object.assign(apiResource(api.api), limits)
    api.addDomain('shopping', { resources })
  })
}

test.each([
  ['more events than it has resolvers for', { resolverCountLimit: 99 }, 'up to 100 events'],
  ['mutations that are too deep for it', { queryDepthLimit: 1 }, 'queryDepthLimit is 1'],
])('an API that would get, from the feed, %s is refused', (_, limits, sentence) => {
  expect(() => synthesize(SCHEMA, ['Product'], limits)).toThrow(sentence)
})

test.each([
  { resolverCountLimit: 100, queryDepthLimit: 2 },
  { resolverCountLimit: 0, queryDepthLimit: 0 },
])('an API is synthesized with limits that leave the feed its requests: %j', (limits) => {
  synthesize(SCHEMA, ['Product'], limits).resourceCountIs('AWS::AppSync::GraphQLApi', 1)
})

test('the feed knows which fields of an event are AWSJSON', () => {
  const schema = SCHEMA.replaceAll('  amount: Int\n', '  amount: Int\n  details: AWSJSON\n')
  expect(new Contract(schema).feed('Product')).toMatchObject({
    fields: expect.arrayContaining(['amount', 'details']),
    json: ['details'],
  })
})

test('a topic gets all alarms', () => {
  const template = templateOf((scope) => {
    const alarms = new Alarms(scope, 'Alarms', { topic: new Topic(scope, 'Topic') })
    for (const name of ['A', 'B', 'C']) alarms.addDeadLetters(new Queue(scope, name))
  })
  template.resourceCountIs('AWS::CloudWatch::Alarm', 3)
  template.allResourcesProperties('AWS::CloudWatch::Alarm', {
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
  })
})

test('a schema and functions that agree are synthesized', () => {
  synthesize(SCHEMA).resourceCountIs('AWS::AppSync::Resolver', 6)
})

test('a field of the schema without a function is named', () => {
  write('shopping/commands', 'exports.commands = { restockProduct() {} }')
  expect(() => synthesize(SCHEMA)).toThrow(
    'schema.graphql has a field Mutation.reserveProduct that no commands.ts resolves',
  )
})

test('a function without a field of the schema is named, with its file', () => {
  write(
    'shopping/queries',
    'exports.all = { product() {}, products() {}, productEvents() {}, x() {} }',
  )
  expect(() => synthesize(SCHEMA)).toThrow(
    /queries\.ts exports x, but schema\.graphql has no field Query\.x/,
  )
})

test.each(['exports.a = {}; exports.b = {}', 'exports.a = 1', ''])(
  'a file that does not export one object of functions is named: %s',
  (text) => {
    write('shopping/queries', text)
    expect(() => synthesize(SCHEMA)).toThrow(/queries\.ts cannot resolve any field/)
  },
)

test('the fields of a file that is not there are named', () => {
  rmSync(join(folder, 'resolvers/shopping/commands.ts'))
  expect(() => synthesize(SCHEMA)).toThrow(
    'schema.graphql has a field Mutation.restockProduct that no commands.ts resolves',
  )
})

test('the built-in queries need no file', () => {
  rmSync(join(folder, 'resolvers/shopping/queries.ts'))
  synthesize(SCHEMA).resourceCountIs('AWS::AppSync::Resolver', 6)
})

test('a query that is not built in is named where no file resolves it', () => {
  rmSync(join(folder, 'resolvers/shopping/queries.ts'))
  const schema = SCHEMA.replace('type Query {', 'type Query {\n  cheapest(limit: Int): Product')
  expect(() => synthesize(schema)).toThrow(
    'schema.graphql has a field Query.cheapest that no queries.ts resolves',
  )
})

test.each([
  [
    'an event field that the input lacks',
    ['input ProductEventInput {\n  id: ID!', 'input ProductEventInput {'],
    'ProductEventInput needs id: ID!, as ProductEvent has',
  ],
  [
    'an attribute with two types',
    ['created: AWSDateTime!\n  amount: Int\n', 'created: AWSDateTime!\n  amount: String\n'],
    'ProductEventInput needs amount: Int, as ProductEvent has',
  ],
  [
    'an event that cannot be said to be truncated',
    ['truncated: Boolean\n}\n\ninput ProductEventInput', '}\n\ninput ProductEventInput'],
    'ProductEvent needs a field truncated: Boolean',
  ],
  [
    'an event that no API key can read',
    ['type ProductEvent @aws_api_key @aws_iam', 'type ProductEvent @aws_iam'],
    'ProductEvent needs @aws_api_key',
  ],
  [
    'a publish mutation that is open to all',
    [
      'publishProductEvent(event: ProductEventInput!): ProductEvent @aws_iam',
      'publishProductEvent(event: ProductEventInput!): ProductEvent',
    ],
    'Mutation.publishProductEvent needs @aws_iam',
  ],
  [
    'a subscription that is not nullable',
    [
      'onProductEvent(id: ID, type: String): ProductEvent',
      'onProductEvent(id: ID, type: String): ProductEvent!',
    ],
    'Subscription.onProductEvent needs the type ProductEvent, nullable',
  ],
  [
    'a subscription argument that matches nothing',
    ['onProductEvent(id: ID, type', 'onProductEvent(productId: ID, type'],
    'Subscription.onProductEvent(productId) matches no field of ProductEvent',
  ],
  [
    'an event that is not flat',
    ['  # ProductRestocked: how many were added.\n  amount: Int', '  amount: Product'],
    'ProductEvent.amount is an object',
  ],
  [
    'a description, which AppSync does not parse',
    ['# A product with up-to-date state', '"A product with up-to-date state" #'],
    'AppSync parses no "description" (of product)',
  ],
  [
    'a comment in an enum, over which AppSync may stumble',
    ['  AVAILABLE\n', '  # not null\n  AVAILABLE\n'],
    'AppSync may not parse a comment in enum ProductStatus',
  ],
] as const)('%s is said in a sentence', (_, [from, to], sentence) => {
  const schema = SCHEMA.replace(from, to)
  expect(schema).not.toBe(SCHEMA)
  expect(() => synthesize(schema)).toThrow(sentence)
})

test('a resource without a feed in the schema is named', () => {
  expect(() => synthesize(SCHEMA, ['Product', 'Order'])).toThrow(
    'schema.graphql has no type OrderEvent for the events of Order',
  )
})

test.each([
  ['exports no such class', "exports.Product = 'Product'; exports.Order = class {}"],
  ['exports nothing', ''],
  ['is not there', undefined],
])('a resource is named where the index of its domain %s', (_, index) => {
  rmSync(join(folder, 'lib/shopping'), { recursive: true })
  if (index !== undefined) domain('shopping', index)
  expect(() => synthesize(SCHEMA)).toThrow(
    /lib\/shopping\/index\.ts has to export the class Product: the feed takes its upcasters from/,
  )
})

test('a class that two domains export under the name of a resource is named', () => {
  mkdirSync(join(folder, 'resolvers/stocktaking'))
  domain('stocktaking', 'exports.Product = class {}')
  expect(() => synthesize(SCHEMA)).toThrow(
    /lib\/stocktaking\/index\.ts exports a class Product, too/,
  )
})

describe('a method of an aggregate', () => {
  const product = (method: string) => `
    // 'ProductRestokced' stands in a comment alone.
    const restocked = { type: 'ProductRestocked' }
    class Parent { ${method}() {} onset() {} }
    exports.Product = class extends Parent {}`

  test('may handle an event of its domain', () => {
    domain('shopping', product('onProductRestocked'))
    expect(() => synthesize(SCHEMA)).not.toThrow()
  })

  test('that matches no event is refused, with the one that was meant', () => {
    domain('shopping', product('onProductRestokced'))
    expect(() => synthesize(SCHEMA)).toThrow(
      /Product has a method onProductRestokced, but no file of .*lib\/shopping has an event of type 'ProductRestokced': did you mean onProductRestocked\?/,
    )
  })
})

test('a second replica of a table is refused: conditional writes would mean nothing', () => {
  expect(() =>
    templateOf((scope) => {
      const { table } = new EventTable(scope, 'Product', stageOf(scope.node))
      table.addReplica({ region: 'eu-west-1' })
    }),
  ).toThrow('has 2 replicas')
})
