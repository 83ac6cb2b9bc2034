import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { Contract } from '../../lib/infrastructure/domains/contract.ts'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { unbundledApp } from '../support/synth.ts'

const APP = join(__dirname, '../app')
const RULES = {
  ...{ booking: 'owner', bookings: 'owner', bookingEvents: 'users', onBookingEvent: 'owner' },
  ...{ placeBooking: 'users', cancelBooking: 'owner' },
}

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(APP, '.access-'))
  cpSync(join(APP, 'resolvers'), folder, { recursive: true })
})

afterEach(() => rmSync(folder, { recursive: true }))

function write(text: string): void {
  const lib = '../../../../lib/appsync/index.ts'
  writeFileSync(
    join(folder, 'bookings/access.ts'),
    `import { everyone, group, or, owner, users } from '${lib}'\n${text}`,
  )
}

function writeRules(rules: Readonly<Record<string, string>>): void {
  const entries = Object.entries({ bookingsOfConcert: 'everyone', ...rules }).map(
    ([field, rule]) => `  ${field}: ${rule},\n`,
  )
  write(`export const access = {\n${entries.join('')}}\nvoid [everyone, group, or, owner, users]\n`)
}

function synthesize(context: Record<string, unknown> = {}): Template {
  const env = { account: '111122223333', region: 'eu-central-1' }
  const stack = new Stack(unbundledApp(context), 'Test', { env })
  const api = new EventSourcingApi(stack, 'Api', {
    schema: join(APP, 'schema.graphql'),
    domains: join(APP, 'lib'),
    resolvers: folder,
    auth: { users: true },
  })
  api.addDomain('tickets', { resources: ['Concert'] })
  api.addDomain('bookings', { resources: ['Booking'] })
  api.addOperations()
  return Template.fromStack(stack)
}

const index = { GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'byOwner' })] }
const mayAll = { Environment: { Variables: Match.objectLike({ API_KEY_MAY_ALL: 'true' }) } }

test('a domain with rules gets resolvers of its subscriptions, and an index if its list has owners', () => {
  writeRules(RULES)
  const template = synthesize()
  template.hasResourceProperties('AWS::AppSync::Resolver', {
    TypeName: 'Subscription',
    FieldName: 'onBookingEvent',
    DataSourceName: Match.stringLikeRegexp('bookings_queries'),
    Code: Match.stringLikeRegexp('setSubscriptionFilter'),
  })
  template.resourcePropertiesCountIs('AWS::AppSync::Resolver', { TypeName: 'Subscription' }, 1)
  template.resourcePropertiesCountIs('AWS::DynamoDB::GlobalTable', index, 1)
  const table = Match.objectLike({ 'Fn::GetAtt': ['BookingEvents', 'Arn'] })
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'dynamodb:Query',
          Resource: Match.arrayWith([{ 'Fn::Join': ['', [table, '/index/byOwner']] }]),
        }),
      ]),
    },
  })
})

test('a list without an owner needs no index, and a domain without rules no resolver', () => {
  writeRules({ ...RULES, bookings: "group('staff')" })
  synthesize().resourcePropertiesCountIs('AWS::DynamoDB::GlobalTable', index, 0)
  rmSync(join(folder, 'bookings/access.ts'))
  const without = synthesize()
  without.resourcePropertiesCountIs('AWS::AppSync::Resolver', { TypeName: 'Subscription' }, 0)
  without.resourcePropertiesCountIs('AWS::Lambda::Function', mayAll, 0)
})

test('only the functions of a development stage give the holder of a key all rights', () => {
  writeRules(RULES)
  synthesize().resourcePropertiesCountIs('AWS::Lambda::Function', mayAll, 2)
  const prod = synthesize({ stage: 'prod', apiKey: 'on' })
  prod.resourcePropertiesCountIs('AWS::Lambda::Function', mayAll, 0)
})

test('functions of an API with several sources of users know the first one', () => {
  writeRules(RULES)
  const first = {
    Environment: { Variables: Match.objectLike({ FIRST_USERS: { Ref: 'UserPool' } }) },
  }
  const count = (context: object, expected: number) =>
    synthesize({ ...context }).resourcePropertiesCountIs('AWS::Lambda::Function', first, expected)
  count({}, 0)
  count({ authorizer: 'arn:aws:lambda:eu-central-1:111122223333:function:authorize' }, 4)
})

test.each([
  ['lacks a field', { booking: 'owner' }, 'has no rule for cancelBooking: add cancelBooking: '],
  [
    'has another field',
    { ...RULES, order: 'owner' },
    'a rule for order, which is no field of bookings',
  ],
  ['has a field of another domain', { ...RULES, concert: 'users' }, 'a rule for concert'],
  ['has no rule', { ...RULES, booking: "'owner'" }, 'The rule of booking must be everyone, users'],
  [
    'names no group',
    { ...RULES, booking: "group('')" },
    "group needs a name, such as group('staff')",
  ],
])('synth refuses an access.ts that %s', (_, rules, message) => {
  writeRules(rules)
  expect(() => synthesize()).toThrow(message)
})

test('synth refuses an access.ts with other exports', () => {
  write('export const one = {}\nexport const two = {}\n')
  expect(() => synthesize()).toThrow('access.ts must export one object with a rule for each field')
})

test('a mutation concerns the resource of an id, and of no other name', () => {
  const contract = new Contract(`
    type Query { parcel(id: ID!): Parcel parcels: ParcelPage! byCode(code: ID!): Parcel }
    type Mutation {
      send(input: SendInput!): Parcel!
      renew(id: ID, code: ID): Parcel!
      deliver(input: DeliverInput!): Parcel!
      forget(code: ID!): Parcel!
      count(input: SendInput!): Int
    }
    type Subscription { onParcelEvent(id: ID): ParcelEvent onCount: Int }
    input SendInput { id: ID! }
    input DeliverInput { parcelId: ID! commandId: ID }
    type Parcel { id: ID! version: Int! }
    type ParcelPage { items: [Parcel!]! nextToken: String }
    type ParcelEvent { id: ID! }`)
  const of = (operation: 'Query' | 'Mutation' | 'Subscription', ...fields: string[]) =>
    fields.map((field) => contract.subject(operation, field, ['Parcel'])?.kind)
  const one = ['one', 'one', undefined, undefined, undefined]
  expect(of('Mutation', 'send', 'renew', 'deliver', 'forget', 'count')).toEqual(one)
  expect(of('Query', 'parcel', 'byCode', 'none')).toEqual(['one', undefined, undefined])
  expect(of('Subscription', 'onParcelEvent', 'onCount')).toEqual(['feed', undefined])
})
