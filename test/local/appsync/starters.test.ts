import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getOperationAST, getVariableValues, parse, validate } from 'graphql'
import { apiSchema } from '../../../lib/local/appsync/schema/schema.ts'
import { starters } from '../../../lib/local/serving/starters.ts'
import { notesApi } from './support/notes.ts'

const APP = readFileSync(join(__dirname, '../../app/schema.graphql'), 'utf8')

const EVERYTHING = `
type Query {
  one(id: ID!, ids: [ID!]!, mood: Mood!, when: Moment!): Thing
  secrets: Secret
}
input Moment { date: AWSDate!  time: AWSTime!  at: AWSDateTime!  stamp: AWSTimestamp!  later: AWSDate }
type Mutation {
  send(
    mail: AWSEmail!, phone: AWSPhone!, link: AWSURL!, address: AWSIPAddress!, json: AWSJSON!
    text: String!, share: Float!, yes: Boolean!, count: Int!, note: String
  ): String
}
enum Mood { GOOD BAD }
type Thing { id: ID!  mood: Mood  next: Thing  named(name: String!): Thing  secret: Secret }
type Secret @aws_iam { text: String }
`

/** Returns the schema without resolvers, because a starter does not run here. */
const apiOf = (schema: string) => ({ ...notesApi(), schema, resolvers: [] })

test.each([
  ['the application of the tests', APP],
  ['each kind of argument', EVERYTHING],
])('the console runs each operation as it opens it: %s', (_, text) => {
  const api = apiOf(text)
  const schema = apiSchema(api)
  for (const { query, variables = {} } of starters(api)) {
    const document = parse(query)
    expect(validate(schema, document)).toEqual([])
    const definitions = getOperationAST(document)?.variableDefinitions ?? []
    const values = getVariableValues(schema, definitions, { ...variables })
    expect(values).toEqual({ coerced: expect.anything() })
  }
})

test('the console opens with the commands, queries and feed of each resource', () => {
  expect(starters(apiOf(APP)).map(({ title }) => title)).toEqual([
    'placeBooking',
    'cancelBooking',
    'booking',
    'bookings',
    'bookingEvents',
    'bookingsOfConcert',
    'onBookingEvent',
    'addSeats',
    'reserveSeats',
    'concert',
    'concerts',
    'concertEvents',
    'concertsByStatus',
    'onConcertEvent',
    'seatsByDay',
  ])
})

test('an operation selects all fields, also of the items of a page', () => {
  const operations = starters(apiOf(APP))
  expect(operations.find(({ title }) => title === 'concerts')?.query).toBe(`query concerts {
  concerts {
    items {
      id
      version
      status
      quantity
    }
    nextToken
    behind
  }
}
`)
})

test('an id is a new UUID, the same in all windows, so that it is replaced easily', () => {
  const idsOf = () =>
    starters(apiOf(APP)).flatMap(
      ({ variables }) => /"id":"([^"]*)"/.exec(JSON.stringify(variables))?.[1] ?? [],
    )
  const [ids, others] = [idsOf(), idsOf()]
  expect(ids.length).toBeGreaterThan(4)
  expect(new Set(ids).size).toBe(1)
  expect(ids[0]).toHaveLength(randomUUID().length)
  expect(others[0]).not.toBe(ids[0])
})

test('fields and types that only signed callers may use are left out', () => {
  const [send, one, ...others] = starters(apiOf(EVERYTHING))
  expect([send?.title, one?.title, others]).toEqual(['send', 'one', []])
  expect(one?.query).not.toContain('secret')
  expect(one?.query).not.toContain('named')
})

test('users may use the fields and types that admit them, if signed callers are the default', () => {
  const schema = `
    type Query @aws_iam @aws_cognito_user_pools { mine: Mine hidden: Hidden }
    type Mutation { save(text: String): Mine @aws_cognito_user_pools clear: String }
    type Mine @aws_iam @aws_cognito_user_pools { id: ID! part: Part hidden: Hidden secret: ID @aws_iam }
    type Part @aws_oidc { id: ID }
    type Hidden { id: ID }`
  const api = { ...apiOf(schema), authProviders: [{ mode: 'AWS_IAM' as const }] }

  const opened = starters(api)
  expect(opened.map(({ title }) => title)).toEqual(['save', 'mine'])
  expect(opened.at(-1)?.query).toBe(
    'query mine {\n  mine {\n    id\n    part {\n      id\n    }\n  }\n}\n',
  )
})
