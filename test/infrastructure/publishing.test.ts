import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Match, type Template } from 'aws-cdk-lib/assertions'
import { EventBus } from 'aws-cdk-lib/aws-events'
import { AwsSolutionsChecks } from 'cdk-nag'
import type { Construct } from 'constructs'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { TestStack } from '../app/stack.ts'
import { templateOf, unbundledApp, unbundledStack } from '../support/synth.ts'

const ROOT = join(__dirname, '../..')
const SCHEMA = readFileSync(join(__dirname, 'fixture/tickets.graphql'), 'utf8')
const OWN_BUS = { 'Fn::GetAtt': ['EventBus', 'Arn'] }
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(ROOT, 'test/.publishing-'))
  write(
    'lib/tickets/index',
    `exports.Concert = class { onSeatsAdded() {} onSeatsReserved() {} }
    exports.types = ['SeatsAdded', 'SeatsReserved']`,
  )
  write(
    'resolvers/tickets/queries',
    'exports.queries = { concert() {}, concerts() {}, concertEvents() {} }',
  )
  write('resolvers/tickets/commands', 'exports.commands = { addSeats() {}, reserveSeats() {} }')
  writeFileSync(join(folder, 'schema.graphql'), SCHEMA)
})

afterEach(() => rmSync(folder, { recursive: true }))

function write(file: string, text: string) {
  mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, `${file}.ts`), text)
}

function withReactor() {
  write(
    'resolvers/tickets/reactions',
    `const { Concert } = require('../../lib/tickets/index.ts')
    exports.reactions = { greeting: { of: Concert, begins: 'now' } }`,
  )
}

function synthesize(more: (api: EventSourcingApi, scope: Construct) => void): Template {
  return templateOf((scope) => {
    const api = new EventSourcingApi(scope, 'Api', {
      schema: join(folder, 'schema.graphql'),
      domains: join(folder, 'lib'),
      resolvers: join(folder, 'resolvers'),
    })
    api.addDomain('tickets', { resources: ['Concert'] })
    more(api, scope)
  })
}

/** Returns the schema with the types and the extensions of another one. */
function withFields(other: string): string {
  const extension = /^extend type (\w+) \{(.*?)^\}$/gms
  const extended = [...other.matchAll(extension)].reduce(
    (schema, [, type, fields]) => schema.replace(`type ${type} {`, `type ${type} {${fields}`),
    SCHEMA,
  )
  return extended + other.replaceAll(extension, '')
}

const mayPutOn = (Resource: unknown) => ({
  PolicyDocument: {
    Statement: Match.arrayWith([
      Match.objectLike({ Action: 'events:PutEvents', Effect: 'Allow', Resource }),
    ]),
  },
})

/** Returns the rights of the dispatcher on tables of events. */
function rightsOnEvents(template: Template): string[] {
  const policies = template.findResources('AWS::IAM::Policy', {
    Properties: mayPutOn(Match.anyValue()),
  })
  const statements = Object.values(policies).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  )
  return statements
    .filter(({ Resource }) => JSON.stringify(Resource) === '{"Fn::GetAtt":["ConcertEvents","Arn"]}')
    .flatMap(({ Action }) => Action)
    .sort()
}

test('a stack that publishes nothing has no bus, no right to use one, and no dispatcher', () => {
  const template = synthesize(() => {})
  template.resourceCountIs('AWS::Events::EventBus', 0)
  template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 0)
  expect(JSON.stringify(template.toJSON())).not.toMatch(/PutEvents|EVENTBRIDGE/)
})

test('one line makes a bus, names it, and lets the dispatcher send events to this bus alone', () => {
  withReactor()
  const template = synthesize((api) => api.publishEvents('tickets'))
  template.hasOutput('*', { Value: OWN_BUS })
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        TICKETS_BUS: OWN_BUS,
        AWS_ENDPOINT_URL_EVENTBRIDGE: {
          'Fn::Join': [
            '',
            ['https://events.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }],
          ],
        },
      }),
    },
  })
  template.hasResourceProperties('AWS::IAM::Policy', mayPutOn(OWN_BUS))
  // Two for the table's stream, and one for the queue.
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 3)
})

test('an app without reactors gets a dispatcher that reads the events and commits none', () => {
  const template = synthesize((api) => api.publishEvents('tickets'))
  template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 1)
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 3)
  expect(rightsOnEvents(template)).toEqual(['dynamodb:Query', 'dynamodb:Scan'])
  const tagged = template.findResources('AWS::IAM::Role', {
    Properties: { Tags: Match.arrayWith([{ Key: 'commits', Value: 'Test' }]) },
  })
  expect(tagged).toEqual({})
})

test('a bus from elsewhere is used instead of one of the stack', () => {
  const arn = 'arn:aws:events:eu-central-1:111111111111:event-bus/company'
  const template = synthesize((api, scope) => {
    const bus = EventBus.fromEventBusArn(scope, 'Company', arn)
    api.publishEvents('tickets', { bus, source: 'com.example.tickets' })
  })
  template.resourceCountIs('AWS::Events::EventBus', 0)
  template.hasResourceProperties('AWS::IAM::Policy', mayPutOn(arn))
})

test('a bus of the stack is used, and two domains may share it', () => {
  const app = unbundledApp()
  const stack = new TestStack(app, 'Test')
  const [api] = stack.node.children.filter((child) => child instanceof EventSourcingApi)
  const bus = new EventBus(stack, 'Bus', { eventBusName: 'tickets-and-bookings' })
  for (const domain of ['tickets', 'bookings']) api?.publishEvents(domain, { bus })
  expect(() => app.synth()).not.toThrow()
})

test('a stack that publishes passes the checks of cdk-nag’s AwsSolutions pack', () => {
  const stack = unbundledStack({ publishes: true })
  expect(new AwsSolutionsChecks(stack).validateScope(stack).violations).toEqual([])
})

test.each([
  ['addOperations before publishEvents', ['addOperations', 'publishEvents']],
  ['publishEvents before addOperations', ['publishEvents', 'addOperations']],
])('operators reach the checkpoints: %s', (_, calls) => {
  const operations = readFileSync(join(ROOT, 'lib/appsync/operations/operations.graphql'), 'utf8')
  writeFileSync(join(folder, 'schema.graphql'), withFields(operations))
  const template = synthesize((api) => {
    for (const call of calls) {
      if (call === 'publishEvents') api.publishEvents('tickets')
      else api.addOperations()
    }
  })
  const users = template.findResources('AWS::Lambda::Function', {
    Properties: {
      Environment: {
        Variables: Match.objectLike({ CHECKPOINT_TABLE: { Ref: 'ReactionCheckpoints' } }),
      },
    },
  })
  expect(Object.keys(users)).toHaveLength(3)
})

describe('synth fails and names the mistake', () => {
  test.each([
    [
      "publishEvents('ticket', …) names a domain that no addDomain before it adds: use one of tickets, or move the call down",
      (api: EventSourcingApi) => api.publishEvents('ticket'),
    ],
    [
      "The stack publishes the events of tickets twice: write one publishEvents('tickets', …)",
      (api: EventSourcingApi) => {
        api.publishEvents('tickets')
        api.publishEvents('tickets')
      },
    ],
    [
      "publishEvents('tickets', …) chooses the type SeatsSold: use some of SeatsAdded, SeatsReserved",
      (api: EventSourcingApi) =>
        api.publishEvents('tickets', { types: ['SeatsAdded', 'SeatsSold'] }),
    ],
    [
      "publishEvents('tickets', …) chooses no types: use some of SeatsAdded, SeatsReserved",
      (api: EventSourcingApi) => api.publishEvents('tickets', { types: [] }),
    ],
    [
      "publishEvents('tickets', …) has the source aws.tickets: use 1 to 200 letters, digits, dots, hyphens and underscores, and do not begin with aws.",
      (api: EventSourcingApi) => api.publishEvents('tickets', { source: 'aws.tickets' }),
    ],
  ])('%s', (message, mistake) => {
    expect(() => synthesize(mistake)).toThrow(message)
  })
})
