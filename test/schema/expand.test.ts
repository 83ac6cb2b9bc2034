import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema } from 'graphql'
import { driftErrors } from '../../lib/schema/drift.ts'
import { expand } from '../../lib/schema/expand.ts'
import { expandedSchema } from '../../lib/schema/index.ts'
import { parsePart } from '../../lib/schema/part.ts'

const ROOT = join(__dirname, '../..')
const APP = join(ROOT, 'test/app')
const AWS = readFileSync(join(ROOT, 'lib/local/appsync/schema/aws.graphql'), 'utf8')
const expanded = (text: string) => expand([parsePart('shipping', 'part.graphql', text)])

const PART = `# The header of the file is not the comment of the first type.

# A parcel on its way.
type Parcel @resource(queries: [one, events]) {
  # Where to.
  address: String!
}

type ParcelEvent @events {
  address: String
}

extend type Query {
  lost: [Parcel!]!
}

extend type Mutation {
  # Hands it in.
  handInParcel(input: HandInParcelInput!): Parcel!
  loseParcel(input: LoseParcelInput!): Parcel!
}

input HandInParcelInput @command {
  address: String!
}

input LoseParcelInput @command {
  id: ID!
  where: Place # Not a comment of the next field.
  why: Reason
}

input Place {
  name: String
}

enum Reason {
  FIRE
  FLOOD
}
`

test('a part expands to the complete contract of its domain', () => {
  const schema = expanded(PART)
  expect(() => buildSchema(`${AWS}\n${schema}`)).not.toThrow()
  expect(
    schema.slice(schema.indexOf('type Query')),
  ).toBe(`type Query @aws_api_key @aws_iam @aws_cognito_user_pools {
  # Shipping
  # A parcel with up-to-date state, or as it was at a version or an instant. Null if it does
  # not exist, or did not exist then.
  parcel(id: ID!, version: Int, at: AWSDateTime): Parcel
  # The events of a parcel with a number above after, in order. limit: 1 to 1000, default
  # 100; a page may be shorter, and is empty only at the end.
  parcelEvents(id: ID!, after: Int, limit: Int): [ParcelEvent!]!
  lost: [Parcel!]!
}

type Mutation @aws_api_key @aws_iam @aws_cognito_user_pools {
  # Shipping
  # Hands it in.
  handInParcel(input: HandInParcelInput!): Parcel!
  loseParcel(input: LoseParcelInput!): Parcel!
  # Delivers a committed event to subscribers. Only the feed function can call it.
  publishParcelEvent(event: ParcelEventInput!): ParcelEvent @aws_iam
}

type Subscription @aws_api_key @aws_iam @aws_cognito_user_pools {
  # Shipping
  # Delivers new events. id and type select one parcel and one type. Default: all events.
  onParcelEvent(id: ID, type: String): ParcelEvent
    @aws_subscribe(mutations: ["publishParcelEvent"])
}

# Shipping

# A parcel on its way.
type Parcel @aws_api_key @aws_iam @aws_cognito_user_pools {
  id: ID!
  # The number of the last event.
  version: Int!
  # Where to.
  address: String!
}

# Any event of a parcel. Attributes that the event does not have are null.
type ParcelEvent @aws_api_key @aws_iam @aws_cognito_user_pools {
  id: ID!
  # 1, 2, 3, ... within the parcel, without gaps.
  number: Int!
  type: String!
  created: AWSDateTime!
  address: String
  commandId: ID
  traceId: String
  # The id of the user who owns the parcel. Null if no user does.
  owner: ID
  # The caller who caused the event: "user:" and the id of the user, "iam:" and an ARN, or "key".
  actor: String
  # True if the event was too large for the message: read it from the history.
  truncated: Boolean
}

input ParcelEventInput {
  id: ID!
  number: Int!
  type: String!
  created: AWSDateTime!
  address: String
  commandId: ID
  traceId: String
  owner: ID
  actor: String
  truncated: Boolean
}

input HandInParcelInput {
  address: String!
  # 1 to 128 characters of your choice. A repeated command with the same commandId is committed
  # once. The commandId must not begin with "reaction-".
  commandId: ID
}

input LoseParcelInput {
  id: ID!
  where: Place
  why: Reason
  # Commits only if the resource is at this version. Otherwise fails with VersionConflict.
  expectedVersion: Int
  # 1 to 128 characters of your choice. A repeated command with the same commandId is committed
  # once. The commandId must not begin with "reaction-".
  commandId: ID
}

input Place {
  name: String
}

enum Reason {
  FIRE
  FLOOD
}
`)
})

test('API keys and signed callers can use all types, except for types with directives of their own', () => {
  const schema = expanded(
    `${PART.replace('@resource', '@aws_iam @resource')}
type Receipt { at: String }
type Secret @aws_iam { key: String }
`,
  )
  expect(schema).toContain('type Parcel @aws_iam {')
  expect(schema).toContain('type Receipt @aws_api_key @aws_iam @aws_cognito_user_pools {')
  expect(schema).toContain('type Secret @aws_iam {')
})

test('a custom plural names the query for all resources', () => {
  const schema = expanded(PART.replace('(queries: [one, events])', '(plural: "people")'))
  expect(schema).toContain('  people(limit: Int, nextToken: String): ParcelPage!\n')
  expect(schema).toContain('type ParcelPage @aws_api_key @aws_iam @aws_cognito_user_pools {')
})

test('the committed schema.graphql equals the expanded parts', () => {
  const resolvers = join(APP, 'resolvers')
  const schema = readFileSync(join(APP, 'schema.graphql'), 'utf8')
  expect(expandedSchema(resolvers)).toBe(schema)
  expect(driftErrors(schema, resolvers)).toEqual([])
  expect(driftErrors(schema.replace('quantity: Int', 'quantity: Float'), resolvers)).toEqual([
    expect.stringContaining('run npm run generate'),
  ])
})

test('a view gets the argument after, and its answer the field behind', () => {
  const schema = expanded(`${PART}
extend type Query {
  # The parcels to a place.
  parcelsTo(address: String!, from: Int, to: Int, limit: Int, nextToken: String): ParcelPage! @view
  onDay(day: AWSDate!): Day @view
}

type Day {
  sum: Int!
}
`)
  expect(() => buildSchema(`${AWS}\n${schema}`)).not.toThrow()
  expect(schema).toContain(`  # The parcels to a place.
  parcelsTo(
    address: String!
    from: Int
    to: Int
    limit: Int
    nextToken: String
    after: ViewPosition
  ): ParcelPage!
  onDay(day: AWSDate!, after: ViewPosition): Day
`)
  for (const type of ['type Day', 'type ParcelPage']) {
    const [fields] = schema.slice(schema.indexOf(`${type} `)).split('}')
    expect(fields).toContain('  behind: Boolean\n')
  }
  expect(schema).toContain('input ViewPosition {\n  id: ID!\n  version: Int!\n}')
})
