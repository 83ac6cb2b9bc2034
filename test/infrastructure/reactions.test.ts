import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Match } from 'aws-cdk-lib/assertions'
import { CfnEventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { templateOf } from '../support/synth.ts'

const ROOT = join(__dirname, '../..')
const SCHEMA = readFileSync(join(__dirname, 'fixture/tickets.graphql'), 'utf8')
let folder: string

beforeEach(() => {
  // The bundler requires every entry to be inside the project.
  folder = mkdtempSync(join(ROOT, 'test/.reactions-'))
  write('lib/tickets/index', 'exports.Concert = class {}; exports.Elsewhere = class {}')
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

function reactions(text: string) {
  const classes = "const { Concert, Elsewhere } = require('../../lib/tickets/index.ts')"
  write('resolvers/tickets/reactions', `${classes}\n${text}`)
}

function synthesize(more: (api: EventSourcingApi) => void = () => {}) {
  return templateOf((scope) => {
    const api = new EventSourcingApi(scope, 'Api', {
      schema: join(folder, 'schema.graphql'),
      domains: join(folder, 'lib'),
      resolvers: join(folder, 'resolvers'),
    })
    api.addDomain('tickets', { resources: ['Concert'] })
    more(api)
  })
}

test('an app without reactors has no dispatcher', () => {
  synthesize().resourceCountIs('AWS::Lambda::EventInvokeConfig', 0)
  reactions('exports.reactions = {}')
  synthesize().resourceCountIs('AWS::Lambda::EventInvokeConfig', 0)
})

test('a reactor is found in its file, and its table by the class it reacts to', () => {
  reactions("exports.reactions = { greeting: { of: Concert, begins: 'now' } }")
  const template = synthesize()
  template.resourceCountIs('AWS::Lambda::Function', 5)
  // Two for the table's stream, and one for the queue.
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 3)
})

test('the dispatcher may invoke itself, and what Lambda gave up goes to its queue', () => {
  reactions("exports.reactions = { greeting: { of: Concert, begins: 'now' } }")
  const template = synthesize()
  const [dispatcher = ''] = Object.keys(
    template.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { AWS_ENDPOINT_URL_LAMBDA: Match.anyValue() } } },
    }),
  )
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        {
          Action: 'lambda:InvokeFunction',
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [dispatcher, 'Arn'] },
        },
      ],
    },
  })
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: { Ref: dispatcher },
    DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
  })
})

test('reactors of two domains to one resource share a dispatcher and a stream reader', () => {
  reactions("exports.reactions = { greeting: { of: Concert, begins: 'now' } }")
  write(
    'resolvers/billing/reactions',
    `
    const { Concert } = require('../../lib/tickets/index.ts')
    exports.reactions = { invoice: { of: Concert, begins: 'beginning' } }`,
  )
  const template = synthesize()
  template.resourceCountIs('AWS::Lambda::Function', 5)
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 3)
})

test.each([
  'exports.a = {}; exports.b = {}',
  'exports.a = 1',
  'exports.reactions = { greeting: { of: Concert } }',
  "exports.reactions = { greeting: { of: 'Concert', begins: 'now' } }",
])('synth fails and names a file that does not export one object of reactors: %s', (text) => {
  reactions(text)
  expect(() => synthesize()).toThrow(/reactions\.ts has no reactors/)
})

test('synth fails and names the exports of a file that exports more than its reactors', () => {
  reactions('exports.reactions = {}; exports.helper = () => {}')
  expect(() => synthesize()).toThrow(
    /reactions\.ts has no reactors: .* and nothing else: .*; it exports reactions, helper/,
  )
})

test('synth fails and names a reactor to a class that no domain exports, with its file', () => {
  reactions("exports.reactions = { greeting: { of: class {}, begins: 'now' } }")
  expect(() => synthesize()).toThrow(
    /reactions\.ts: tickets\.greeting reacts to a class that no domain's index\.ts exports/,
  )
})

test('synth fails and names a reactor to a resource that the app does not have', () => {
  reactions("exports.reactions = { greeting: { of: Elsewhere, begins: 'now' } }")
  expect(() => synthesize()).toThrow(
    /reactions\.ts: tickets\.greeting reacts to Elsewhere, which no addDomain names/,
  )
})

test('synth rejects a third reader of a table’s stream', () => {
  reactions("exports.reactions = { greeting: { of: Concert, begins: 'now' } }")
  expect(() =>
    synthesize((api) => {
      const mappings = api.node.findAll().filter((node) => node instanceof CfnEventSourceMapping)
      const [{ eventSourceArn = '', functionName = '' } = {}] = mappings
      new CfnEventSourceMapping(api, 'Another', {
        eventSourceArn,
        functionName,
        startingPosition: StartingPosition.LATEST,
      })
    }),
  ).toThrow(/can have at most 2 readers of its stream; got 3/)
})

describe('a method of a reactor', () => {
  const withMethod = (method: string) => {
    const methods = 'onSeatsAdded() {} onSeatsReserved() {}'
    write(
      'lib/tickets/index',
      `exports.Elsewhere = class {}
      exports.Concert = class { ${methods} }
      exports.types = ['SeatsAdded', 'SeatsReserved']`,
    )
    reactions(
      `exports.reactions = { greeting: { of: Concert, begins: 'now', ${method}() {}, once() {} } }`,
    )
    return () => synthesize()
  }

  test('may react to an event of its resource', () => {
    expect(withMethod('onSeatsReserved')).not.toThrow()
  })

  test('that misspells an event of its resource is rejected with a suggestion', () => {
    expect(withMethod('onSeatsReservd')).toThrow(
      /reactions\.ts: tickets\.greeting has a method onSeatsReservd, but the class Concert has no handler onSeatsReservd: did you mean onSeatsReserved\?/,
    )
  })

  test('that resembles no event of its resource is rejected', () => {
    expect(withMethod('onBookingPlaced')).toThrow(
      /but the class Concert has no handler onBookingPlaced$/m,
    )
  })
})

describe('wake-ups', () => {
  const withReactor = (name: string, body: string) => {
    const class_ = 'exports.Concert = class { onSeatsAdded() {} }; exports.Elsewhere = class {}'
    write('lib/tickets/index', `${class_}; exports.types = ['SeatsAdded']`)
    reactions(`exports.reactions = { '${name}': { of: Concert, begins: 'now', ${body} } }`)
    return () => synthesize()
  }

  test('that are late raise an alarm', () => {
    const synthesized = withReactor('late', 'onSeatsAdded() {}, wakes: { empty() {} }')()
    synthesized.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'WakeUpDelay',
      Statistic: 'Maximum',
      Threshold: 90_000,
    })
  })

  test.each([
    ['late', 'wakes: { empty() {} }', /tickets\.late has wakes, but no method on… that asks/],
    ['late', 'onSeatsAdded() {}, wakes: []', /tickets\.late has wakes that are not an object/],
    ['late', 'onSeatsAdded() {}, wakes: { empty: 1 }', /has a wake-up empty that is not a method/],
    ['late', "onSeatsAdded() {}, wakes: { 'a@b'() {} }", /a wake-up 'a@b': its name must be 1 to/],
    ['a@b', 'onSeatsAdded() {}', /tickets\.a@b has a name with @, which is reserved/],
  ])('of the reactor %s are rejected at synth: %s', (name, body, message) => {
    expect(withReactor(name, body)).toThrow(message)
  })
})
