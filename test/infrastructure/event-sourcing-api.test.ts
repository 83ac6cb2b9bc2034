import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Match } from 'aws-cdk-lib/assertions'
import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Alarms } from '../../lib/infrastructure/alarms.ts'
import { apiResource } from '../../lib/infrastructure/api/api-logs.ts'
import { Contract } from '../../lib/infrastructure/domains/contract.ts'
import { type AuthProps, EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { stageOf } from '../../lib/infrastructure/stage.ts'
import { EventTable } from '../../lib/infrastructure/tables/event-table.ts'
import { templateOf } from '../support/synth.ts'

const ROOT = join(__dirname, '../..')
const SCHEMA = readFileSync(join(__dirname, 'fixture/tickets.graphql'), 'utf8')
let folder: string

beforeEach(() => {
  // The bundler requires every entry to be inside the project.
  folder = mkdtempSync(join(ROOT, 'test/.api-'))
  mkdirSync(join(folder, 'resolvers/tickets'), { recursive: true })
  domain('tickets', 'exports.Concert = class {}')
  write('feed', 'exports.handler = async () => {}')
  write('tickets/queries', 'exports.queries = { concert() {}, concerts() {}, concertEvents() {} }')
  write('tickets/commands', 'exports.commands = { addSeats() {}, reserveSeats() {} }')
})

afterEach(() => rmSync(folder, { recursive: true }))

function write(file: string, text: string) {
  writeFileSync(join(folder, 'resolvers', `${file}.ts`), text)
}

function domain(name: string, index: string) {
  mkdirSync(join(folder, 'lib', name), { recursive: true })
  writeFileSync(join(folder, 'lib', name, 'index.ts'), index)
}

function synthesize(
  schema: string,
  resources = ['Concert'],
  limits: Partial<CfnGraphQLApi> = {},
  domains: readonly (readonly [string, readonly string[]])[] = [['tickets', resources]],
  auth: AuthProps = {},
) {
  writeFileSync(join(folder, 'schema.graphql'), schema)
  return templateOf((scope) => {
    const api = new EventSourcingApi(scope, 'Api', {
      schema: join(folder, 'schema.graphql'),
      domains: join(folder, 'lib'),
      resolvers: join(folder, 'resolvers'),
      auth,
    })
    Object.assign(apiResource(api.api), limits)
    for (const [name, list] of domains) api.addDomain(name, { resources: list })
  })
}

test.each([
  ['more events than it has resolvers for', { resolverCountLimit: 99 }, 'up to 100 events'],
  ['mutations that are too deep for it', { queryDepthLimit: 1 }, 'queryDepthLimit is 1'],
])('synth rejects an API that would get from the feed %s', (_, limits, sentence) => {
  expect(() => synthesize(SCHEMA, ['Concert'], limits)).toThrow(sentence)
})

test.each([
  { resolverCountLimit: 100, queryDepthLimit: 2 },
  { resolverCountLimit: 0, queryDepthLimit: 0 },
])('synth accepts limits that leave room for the feed’s requests: %j', (limits) => {
  synthesize(SCHEMA, ['Concert'], limits).resourceCountIs('AWS::AppSync::GraphQLApi', 1)
})

test('the feed knows which fields of an event are AWSJSON', () => {
  const schema = SCHEMA.replaceAll('  amount: Int\n', '  amount: Int\n  details: AWSJSON\n')
  expect(new Contract(schema).feed('Concert')).toMatchObject({
    fields: expect.arrayContaining(['amount', 'details']),
    json: ['details'],
  })
})

test('the functions know the types of a resource, of its events, and of all that they contain', () => {
  const parts = `
    type Order { id: ID! version: Int! status: Status! lines: [Line!]! }
    type Line { sku: ID! colors: [Color] of: Order }
    enum Status { OPEN }
    enum Color { RED BLUE }
    enum Unused { NO }
    type OrderEvent { id: ID! number: Int! type: String! created: AWSDateTime! commandId: ID color: Color amount: Int }`
  expect(new Contract(parts).resource('Order').types).toEqual({
    resource: { id: 'ID!', version: 'Int!', status: 'Status!', lines: '[Line!]!' },
    event: { color: 'Color', amount: 'Int' },
    objects: {
      Line: { sku: 'ID!', colors: '[Color]', of: 'Order' },
      Order: { id: 'ID!', version: 'Int!', status: 'Status!', lines: '[Line!]!' },
    },
    enums: { Status: ['OPEN'], Color: ['RED', 'BLUE'] },
  })
})

test('a topic receives all alarms', () => {
  const template = templateOf((scope) => {
    const alarms = new Alarms(scope, 'Alarms', { topic: new Topic(scope, 'Topic') })
    for (const name of ['A', 'B', 'C']) alarms.addDeadLetters(new Queue(scope, name))
  })
  template.resourceCountIs('AWS::CloudWatch::Alarm', 3)
  template.allResourcesProperties('AWS::CloudWatch::Alarm', {
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
  })
})

test('synth accepts functions that match the schema', () => {
  synthesize(SCHEMA).resourceCountIs('AWS::AppSync::Resolver', 6)
})

test('synth fails and names a schema field without a function', () => {
  write('tickets/commands', 'exports.commands = { addSeats() {} }')
  expect(() => synthesize(SCHEMA)).toThrow(
    'schema.graphql has a field Mutation.reserveSeats that no commands.ts resolves',
  )
})

test('synth fails and names a function without a schema field, with its file', () => {
  write(
    'tickets/queries',
    'exports.all = { concert() {}, concerts() {}, concertEvents() {}, x() {} }',
  )
  expect(() => synthesize(SCHEMA)).toThrow(
    /queries\.ts exports x, but schema\.graphql has no field Query\.x/,
  )
})

test.each(['exports.a = {}; exports.b = {}', 'exports.a = 1', ''])(
  'synth fails and names a file that does not export one object of functions: %s',
  (text) => {
    write('tickets/queries', text)
    expect(() => synthesize(SCHEMA)).toThrow(/queries\.ts cannot resolve any field/)
  },
)

test('synth fails and names a resource of the schema that no domain names', () => {
  expect(() => synthesize(SCHEMA, [])).toThrow(
    "schema.graphql has the resource Concert, but no addDomain names it: write addDomain('…', { resources: ['Concert', …] })",
  )
  rmSync(join(folder, 'resolvers/tickets/queries.ts'))
  expect(() => synthesize(SCHEMA, [])).not.toThrow(/Query\.concert/)
})

test('synth fails and names a field of a missing file', () => {
  rmSync(join(folder, 'resolvers/tickets/commands.ts'))
  expect(() => synthesize(SCHEMA)).toThrow(
    'schema.graphql has a field Mutation.addSeats that no commands.ts resolves',
  )
})

test('the built-in queries need no file', () => {
  rmSync(join(folder, 'resolvers/tickets/queries.ts'))
  synthesize(SCHEMA).resourceCountIs('AWS::AppSync::Resolver', 6)
})

test('synth fails and names a custom query that no file resolves', () => {
  rmSync(join(folder, 'resolvers/tickets/queries.ts'))
  const schema = SCHEMA.replace('type Query {', 'type Query {\n  cheapest(limit: Int): Concert')
  expect(() => synthesize(schema)).toThrow(
    'schema.graphql has a field Query.cheapest that no queries.ts resolves',
  )
})

test.each([
  [
    'an event field that the input lacks',
    ['input ConcertEventInput {\n  id: ID!', 'input ConcertEventInput {'],
    'ConcertEventInput needs a field id: ID!, like ConcertEvent',
  ],
  [
    'an attribute with two types',
    ['created: AWSDateTime!\n  amount: Int\n', 'created: AWSDateTime!\n  amount: String\n'],
    'ConcertEventInput needs a field amount: Int, like ConcertEvent',
  ],
  [
    'an event without a truncated field',
    ['truncated: Boolean\n}\n\ninput ConcertEventInput', '}\n\ninput ConcertEventInput'],
    'ConcertEvent needs a field truncated: Boolean',
  ],
  [
    'an event that no API key can read',
    ['type ConcertEvent @aws_api_key @aws_iam', 'type ConcertEvent @aws_iam'],
    'ConcertEvent needs @aws_api_key',
  ],
  [
    'a publish mutation that is open to all',
    [
      'publishConcertEvent(event: ConcertEventInput!): ConcertEvent @aws_iam',
      'publishConcertEvent(event: ConcertEventInput!): ConcertEvent',
    ],
    'Mutation.publishConcertEvent needs @aws_iam',
  ],
  [
    'a subscription that is not nullable',
    [
      'onConcertEvent(id: ID, type: String): ConcertEvent',
      'onConcertEvent(id: ID, type: String): ConcertEvent!',
    ],
    'Subscription.onConcertEvent needs the nullable type ConcertEvent',
  ],
  [
    'a subscription argument that matches nothing',
    ['onConcertEvent(id: ID, type', 'onConcertEvent(concertId: ID, type'],
    'Subscription.onConcertEvent(concertId) matches no field of ConcertEvent',
  ],
  [
    'an event that is not flat',
    ['  # SeatsAdded: how many were added.\n  amount: Int', '  amount: Concert'],
    'ConcertEvent.amount is an object',
  ],
  [
    'a description, which AppSync does not parse',
    ['# A concert with up-to-date state', '"A concert with up-to-date state" #'],
    'AppSync does not parse the description of concert',
  ],
  [
    'a comment in an enum, which AppSync may not parse',
    ['  AVAILABLE\n', '  # not null\n  AVAILABLE\n'],
    'AppSync may not parse a comment in enum ConcertStatus',
  ],
] as const)('%s fails synth with a clear message', (_, [from, to], sentence) => {
  const schema = SCHEMA.replace(from, to)
  expect(schema).not.toBe(SCHEMA)
  expect(() => synthesize(schema)).toThrow(sentence)
})

describe('a schema written by hand', () => {
  const withAuth = (schema: string, auth: AuthProps) =>
    synthesize(schema, ['Concert'], {}, [['tickets', ['Concert']]], auth)

  test('is deployed unchanged if the API has the modes of its directives', () => {
    synthesize(SCHEMA).hasResourceProperties('AWS::AppSync::GraphQLSchema', { Definition: SCHEMA })
  })

  test('is deployed without the directives of modes that the API lacks', () => {
    const event = 'type ConcertEvent @aws_api_key @aws_iam'
    withAuth(SCHEMA, { apiKey: false }).hasResourceProperties('AWS::AppSync::GraphQLSchema', {
      Definition: SCHEMA.replace(event, 'type ConcertEvent @aws_iam'),
    })
  })

  test('fails synth if nobody could use a field, or if a caller could not read its result', () => {
    const schema = SCHEMA.replace('version: Int, at: AWSDateTime): Concert\n', (field) =>
      field.replace('\n', ' @aws_lambda\n'),
    ).replace('nextToken: String): ConcertPage!', (field) => `${field} @aws_api_key @aws_iam`)
    expect(() => withAuth(schema, {})).toThrow(
      /Query\.concert is only for @aws_lambda, but the API has no such callers: add @aws_api_key or @aws_iam, or give the API an authorizer \(-c authorizer=ARN\) \(.*schema\.graphql:5:3\)/,
    )
    expect(() => withAuth(schema, {})).toThrow(
      /ConcertPage needs @aws_iam for the callers of Query\.concerts: .* \(.*schema\.graphql:\d+:1\)/,
    )
  })
})

test('synth fails and names a resource without a feed in the schema', () => {
  expect(() => synthesize(SCHEMA, ['Concert', 'Booking'])).toThrow(
    'schema.graphql has no type BookingEvent for the events of Booking',
  )
})

test.each([
  ['exports no such class', "exports.Concert = 'Concert'; exports.Booking = class {}"],
  ['exports nothing', ''],
  ['is missing', undefined],
])('synth fails and names a resource when the index of its domain %s', (_, index) => {
  rmSync(join(folder, 'lib/tickets'), { recursive: true })
  if (index !== undefined) domain('tickets', index)
  expect(() => synthesize(SCHEMA)).toThrow(
    /lib\/tickets\/index\.ts must export the class Concert: the feed function reads its upcasters/,
  )
})

test('synth fails and names a resource class that two domains export', () => {
  mkdirSync(join(folder, 'resolvers/stocktaking'))
  domain('stocktaking', 'exports.Concert = class {}')
  expect(() => synthesize(SCHEMA)).toThrow(
    /lib\/stocktaking\/index\.ts also exports a class Concert/,
  )
})

function errorsOf(...domains: (readonly [string, string[]])[]): string[] {
  try {
    synthesize(SCHEMA, [], {}, domains)
  } catch (error) {
    return `${error}`
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/^.*?\] /, ''))
  }
  return []
}

test('a domain without a line in the stack is one error, with the line to write', () => {
  expect(errorsOf()).toEqual([
    "The stack does not add the domain tickets: write api.addDomain('tickets', { resources: ['Concert'] })",
  ])
})

test.each([
  [
    'two domains with one resource',
    [
      ['tickets', ['Concert']],
      ['halls', ['Concert']],
    ],
    'The domains tickets and halls both have the resource Concert: rename one, because all domains share one API',
  ],
  [
    'a domain that is added twice',
    [
      ['tickets', ['Concert']],
      ['tickets', ['Booking']],
    ],
    "The stack adds the domain tickets twice: list all of its resources in one addDomain('tickets', …)",
  ],
  [
    'a resource that is listed twice',
    [['tickets', ['Concert', 'Concert']]],
    "addDomain('tickets', …) lists the resource Concert twice: remove one",
  ],
  [
    'a domain with the name of a part of the API',
    [
      ['tickets', ['Concert']],
      ['Feed', []],
    ],
    'A domain cannot have the name Feed, which the API uses itself: choose another name',
  ],
] as [string, [string, string[]][], string][])(
  'synth rejects %s in one sentence',
  (_, domains, sentence) => {
    expect(errorsOf(...domains)).toEqual([sentence])
  },
)

describe('a method of an aggregate', () => {
  const concert = (method: string) => `
    // 'SeatsAdedd' stands in a comment alone.
    const seatsAdded = { type: 'SeatsAdded' }
    class Parent { ${method}() {} onset() {} }
    exports.Concert = class extends Parent {}`

  test('may handle an event of its domain', () => {
    domain('tickets', concert('onSeatsAdded'))
    expect(() => synthesize(SCHEMA)).not.toThrow()
  })

  test('that misspells an event is rejected with a suggestion', () => {
    domain('tickets', concert('onSeatsAdedd'))
    expect(() => synthesize(SCHEMA)).toThrow(
      /Concert has a method onSeatsAdedd, but no file of .*lib\/tickets has an event of type 'SeatsAdedd': did you mean onSeatsAdded\?/,
    )
  })
})

test('synth rejects a second replica of a table, which would break conditional writes', () => {
  expect(() =>
    templateOf((scope) => {
      const { table } = new EventTable(scope, 'Concert', { stage: stageOf(scope.node) })
      table.addReplica({ region: 'eu-west-1' })
    }),
  ).toThrow('must have 1 replica, because events need conditional writes; got 2')
})
