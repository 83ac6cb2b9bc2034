import { expand } from '../../lib/schema/expand.ts'
import { mistakesIn } from '../../lib/schema/mistakes.ts'
import { parsePart } from '../../lib/schema/part.ts'
import { invalidities } from '../../lib/schema/validity.ts'

const PART = `type Parcel @resource {
  address: String!
}

type ParcelEvent @events {
  address: String
}

extend type Mutation {
  handInParcel(input: HandInParcelInput!): Parcel!
}

input HandInParcelInput @command {
  address: String!
}

enum Reason {
  FIRE
}
`
const parsed = (text: string, domain = 'shipping') => parsePart(domain, `${domain}.graphql`, text)

test('a valid part has no mistakes', () => {
  expect(mistakesIn([parsed(PART)])).toEqual([])
})

test.each([
  [
    'an unknown directive',
    ['@resource', '@resourse'],
    '@resourse is unknown: use @resource, @events, @command, @view, or a directive of AppSync (shipping.graphql:1:13)',
  ],
  [
    'an unknown directive of a field',
    ['  address: String!\n}\n\ntype', '  address: String! @money\n}\n\ntype'],
    '@money is unknown: use @resource, @events, @command, @view, or a directive of AppSync (shipping.graphql:2:20)',
  ],
  [
    'an unknown directive of a mutation',
    ['): Parcel!', '): Parcel! @money'],
    '@money is unknown: use @resource, @events, @command, @view, or a directive of AppSync (shipping.graphql:10:52)',
  ],
  [
    'an unknown directive of an input field',
    ['@command {\n  address: String!', '@command {\n  address: String! @money'],
    '@money is unknown: use @resource, @events, @command, @view, or a directive of AppSync (shipping.graphql:14:20)',
  ],
  [
    'an unknown directive of an enum value',
    ['  FIRE', '  FIRE @money'],
    '@money is unknown: use @resource, @events, @command, @view, or a directive of AppSync (shipping.graphql:18:8)',
  ],
  [
    'a directive of a type on a field',
    ['): Parcel!', '): Parcel! @command'],
    '@command can be used only on an input (shipping.graphql:10:52)',
  ],
  [
    'an attribute of an event that is not nullable',
    ['  address: String\n', '  address: String!\n'],
    'ParcelEvent.address must be nullable, because events of other types do not have it: remove the ! (shipping.graphql:6:3)',
  ],
  [
    'a directive on the wrong kind of type',
    ['input HandInParcelInput @command', 'input HandInParcelInput @events'],
    '@events can be used only on a type (shipping.graphql:13:25)',
  ],
  [
    'an unknown argument of a directive',
    ['@events', '@events(of: "Parcel")'],
    '@events has no argument of (shipping.graphql:5:26)',
  ],
  [
    'an unknown query',
    ['@resource', '@resource(queries: [one, two])'],
    'queries can contain only one, all, events (shipping.graphql:1:38)',
  ],
  [
    'a plural that is not a name',
    ['@resource', '@resource(plural: "two parcels")'],
    'plural must be a field name like "people" (shipping.graphql:1:23)',
  ],
  [
    'a resource without events',
    ['type ParcelEvent @events', 'type ParcelNews'],
    'Parcel has no events: add type ParcelEvent @events { … } (shipping.graphql:1:1)',
  ],
  [
    'events without a resource',
    ['type ParcelEvent', 'type LetterEvent'],
    'LetterEvent has no resource: name it after its resource, with the suffix Event, and add type Letter @resource { … } (shipping.graphql:5:1)',
  ],
  [
    'one attribute with two types',
    ['  address: String\n', '  address: String\n  address: Int\n'],
    'ParcelEvent.address is defined twice: remove one, because an attribute has the same type in all events (shipping.graphql:7:3)',
  ],
  [
    'a reserved attribute',
    ['  address: String\n', '  number: Int\n'],
    'ParcelEvent.number is a name that @events adds or reserves: remove the field or choose another name (shipping.graphql:6:3)',
  ],
  [
    'a reserved state field',
    ['  address: String!\n}\n\ntype', '  version: Int!\n}\n\ntype'],
    'Parcel.version is a name that @resource adds or reserves: remove the field or choose another name (shipping.graphql:2:3)',
  ],
  [
    'a reserved input field',
    ['@command {\n  address: String!', '@command {\n  commandId: ID'],
    'HandInParcelInput.commandId is a name that @command adds or reserves: remove the field or choose another name (shipping.graphql:14:3)',
  ],
  [
    'a default value',
    ['@command {\n  address: String!', '@command {\n  pieces: Int = 1'],
    'pieces has a default value, which AppSync ignores: set the default in the command (shipping.graphql:14:17)',
  ],
  [
    'a description in quotes',
    ['type Parcel @', '"A parcel"\ntype Parcel @'],
    'AppSync does not parse descriptions in quotes: write a comment, # … (shipping.graphql:1:1)',
  ],
  [
    'a comment in an enum',
    ['  FIRE', '  # It burns.\n  FIRE'],
    'AppSync may not parse a comment in an enum: move it above enum Reason (shipping.graphql:17:1)',
  ],
  [
    'an unknown type',
    ['address: String!', 'address: Adress!'],
    'Parcel.address has the unknown type Adress: define it, or use a scalar (shipping.graphql:2:12)',
  ],
  [
    'an operation type without extend',
    ['extend type Mutation', 'type Mutation'],
    'Write extend type Mutation, because other domains also add fields to it (shipping.graphql:9:1)',
  ],
  [
    'an extension of another type',
    ['extend type Mutation', 'extend type Parcel'],
    'Parcel cannot be extended: extend Query, Mutation or Subscription, and define other types in one place (shipping.graphql:9:1)',
  ],
  [
    'a definition of another kind',
    ['enum Reason {\n  FIRE\n}', 'scalar Reason'],
    "A domain's part can contain only types, inputs, enums and extensions (shipping.graphql:17:1)",
  ],
] as const)('%s is reported with file, line and fix', (_, [from, to], sentence) => {
  expect(PART).toContain(from)
  expect(mistakesIn([parsed(PART.replace(from, to))])).toContain(sentence)
})

test.each([
  [
    'a type where only an input is possible',
    ['HandInParcelInput!)', 'Parcel!)'],
    'The type of Mutation.handInParcel(input:) must be Input Type but got: Parcel!. (shipping.graphql:10:3)',
  ],
  [
    'an input where only a type is possible',
    ['): Parcel!', '): HandInParcelInput!'],
    'The type of Mutation.handInParcel must be Output Type but got: HandInParcelInput!. (shipping.graphql:10:3)',
  ],
  [
    'a reserved name',
    ['  FIRE', '  __FIRE'],
    'Name "__FIRE" must not begin with "__", which is reserved by GraphQL introspection. (shipping.graphql:18:3)',
  ],
  [
    'a value of an enum that is repeated',
    ['  FIRE', '  FIRE\n  FIRE'],
    'Enum value "Reason.FIRE" can only be defined once. (resolvers/*/schema.graphql)',
  ],
] as const)(
  '%s breaks a rule of GraphQL, and is reported with its file',
  (_, [from, to], sentence) => {
    const parts = [parsed(PART.replace(from, to)), parsed('extend type Query { a: ID }', 'other')]
    expect(mistakesIn(parts)).toEqual([])
    expect(invalidities(expand(parts), parts)).toEqual([sentence])
  },
)

test('a name that two domains use is reported with both places', () => {
  const other = parsed('enum Reason { RAIN }\nextend type Query { parcels: ID }', 'weather')
  expect(mistakesIn([parsed(PART), other])).toEqual([
    'type Reason is defined twice, at shipping.graphql:17:1 and at weather.graphql:1:1: rename one, because all domains share one API',
    'Query.parcels is defined twice, at shipping.graphql:1:1 and at weather.graphql:2:21: rename one, because all domains share one API',
  ])
})

test('a syntax error is reported with its place', () => {
  expect(() => parsed('type Parcel {')).toThrow(
    'Syntax Error: Expected Name, found <EOF>. (shipping.graphql:1:14)',
  )
})

const VIEW = 'byReason(reason: Reason!, limit: Int, nextToken: String): ParcelPage! @view'
const withView = (field: string, types = '') =>
  parsed(`${PART}extend type Query {\n  ${field}\n}\n${types}`)

test('a valid view has no mistakes', () => {
  expect(mistakesIn([withView(VIEW)])).toEqual([])
  const row = 'onDay(day: AWSDate!): Day @view'
  expect(mistakesIn([withView(row, 'type Day { sum: Int! }')])).toEqual([])
})

test.each([
  [
    'a view without a key',
    'all(limit: Int): ParcelPage! @view',
    'all has no argument for the key of its view: add one, such as status: ProductStatus! (shipping.graphql:21:3)',
  ],
  [
    'a nullable key',
    'byReason(reason: Reason): ParcelPage! @view',
    "byReason(reason) must not be null, because it is part of the view's key: write Reason! (shipping.graphql:21:12)",
  ],
  [
    'a key that is no value',
    'byReasons(reasons: [Reason!]!): ParcelPage! @view',
    "byReasons(reasons) must be a scalar or an enum, because it is part of the view's key; got [Reason!]! (shipping.graphql:21:13)",
  ],
  [
    'an option of another type',
    'byReason(reason: Reason!, limit: String): ParcelPage! @view',
    'byReason(limit) must be Int; got String (shipping.graphql:21:29)',
  ],
  [
    'limits of different types',
    'byReason(reason: Reason!, from: Int, to: String): ParcelPage! @view',
    'byReason(from) and byReason(to) must have the same type; got Int and String (shipping.graphql:21:40)',
  ],
  [
    'the argument that @view adds',
    'byReason(reason: Reason!, after: ID): ParcelPage! @view',
    'byReason(after) is added by @view: remove the argument (shipping.graphql:21:29)',
  ],
  [
    'an answer that is no page',
    'byReason(reason: Reason!): [Parcel!]! @view',
    'byReason must answer a page, such as ProductPage! or a type { items: [X!]! nextToken: String }, or one row of a nullable type of your own; got [Parcel!]! (shipping.graphql:21:30)',
  ],
  [
    'a row in pages',
    'onDay(day: AWSDate!, limit: Int): Day @view',
    'onDay(limit) needs a page, but Day is one row: remove the argument (shipping.graphql:21:24)',
  ],
  [
    'fresh rows',
    'onDay(day: AWSDate!): Day @view(fresh: true)',
    'onDay answers no resources, so that it cannot be fresh: remove fresh: true (shipping.graphql:21:25)',
  ],
  [
    'a value of fresh',
    'byReason(reason: Reason!): ParcelPage! @view(fresh: 1)',
    'fresh must be true or false (shipping.graphql:21:48)',
  ],
])('%s is reported with file, line and fix', (_, field, sentence) => {
  expect(mistakesIn([withView(field, 'type Day { sum: Int! }')])).toContain(sentence)
})

test('@view on a field of another type is reported with its place', () => {
  expect(mistakesIn([parsed(PART.replace('): Parcel!', '): Parcel! @view'))])).toEqual([
    '@view can be used only on a field of Query (shipping.graphql:10:3)',
  ])
})
