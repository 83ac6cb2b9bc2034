import { buildSchema } from 'graphql'
import { type Deployment, deployedSchema, type Mode, modeErrors } from '../../lib/schema/index.ts'

const EVERY = '@aws_api_key @aws_iam @aws_cognito_user_pools'

function generated(...modes: Mode[]): Deployment {
  return { modes, isGenerated: true }
}

function handWritten(...modes: Mode[]): Deployment {
  return { modes, isGenerated: false }
}

const errorsOf = (sdl: string, deployment: Deployment) => modeErrors(sdl, 'api.graphql', deployment)

describe('a generated schema', () => {
  const schema = `# ${EVERY} marks what is for every caller.
type Query ${EVERY} {
  # For everyone: ${EVERY}
  parcel(id: ID!): Parcel
  reactors: [String!]! @aws_iam
  staff: [Parcel!]! @aws_cognito_user_pools(cognito_groups: ["staff"]) @aws_iam
}

type Parcel ${EVERY} {
  id: ID!
}
`

  const cases: [Mode[], string][] = [
    [['API_KEY', 'AWS_IAM'], '@aws_api_key @aws_iam'],
    [['AWS_IAM'], '@aws_iam'],
    [['AWS_IAM', 'OPENID_CONNECT', 'AWS_LAMBDA'], '@aws_iam @aws_oidc @aws_lambda'],
    [
      ['AWS_IAM', 'AMAZON_COGNITO_USER_POOLS', 'OPENID_CONNECT'],
      '@aws_iam @aws_cognito_user_pools @aws_oidc',
    ],
  ]
  test.each(cases)(
    'is open to every caller of %j, and keeps its comments and its lines',
    (modes, directives) => {
      const deployed = deployedSchema(schema, generated(...modes))
      const withoutUsers = modes.includes('AMAZON_COGNITO_USER_POOLS')
        ? schema
        : schema.replace(' @aws_cognito_user_pools(cognito_groups: ["staff"])', '')
      const expected = withoutUsers
        .replaceAll(`Query ${EVERY} {`, `Query ${directives} {`)
        .replaceAll(`Parcel ${EVERY} {`, `Parcel ${directives} {`)
      expect(deployed).toBe(expected)
      expect(errorsOf(schema, generated(...modes))).toEqual([])
    },
  )

  test('is open to every caller where the directives have another order or stand on several lines', () => {
    const other = 'type Query @aws_iam\n  @aws_cognito_user_pools @aws_api_key {\n  a: ID\n}'
    expect(deployedSchema(other, generated('AWS_IAM', 'AWS_LAMBDA'))).toBe(
      'type Query @aws_iam @aws_lambda\n {\n  a: ID\n}',
    )
  })

  test('keeps a group of users, which is not every caller', () => {
    const group = `type Query @aws_api_key @aws_iam @aws_cognito_user_pools(cognito_groups: ["a"]) {\n  a: ID\n}`
    expect(deployedSchema(group, generated('API_KEY', 'AWS_IAM', 'AWS_LAMBDA'))).toBe(
      'type Query @aws_api_key @aws_iam {\n  a: ID\n}',
    )
  })
})

describe('a schema written by hand', () => {
  test('loses the directives of modes that the API lacks, and gets no others', () => {
    const schema = `type Query ${EVERY} { a: ID @aws_iam @aws_oidc @deprecated b: ID }`
    expect(deployedSchema(schema, handWritten('AWS_IAM', 'AWS_LAMBDA'))).toBe(
      'type Query @aws_iam { a: ID @aws_iam @deprecated b: ID }',
    )
    expect(deployedSchema('type Query { a: ID }', handWritten('AWS_IAM', 'AWS_LAMBDA'))).toBe(
      'type Query { a: ID }',
    )
  })

  test('keeps a type or field closed that only callers of other modes could use, and names it', () => {
    const schema = `type Query {
  a: ID @aws_api_key
  b: Note
}
type Note @aws_oidc @aws_lambda { c: ID }`
    expect(deployedSchema(schema, handWritten('AWS_IAM'))).toBe(schema)
    expect(errorsOf(schema, handWritten('AWS_IAM')).slice(0, 2)).toEqual([
      'Query.a is only for @aws_api_key, but the API has no such callers: add @aws_iam, or give the API an API key (-c apiKey=on) (api.graphql:2:3)',
      'Note is only for @aws_oidc @aws_lambda, but the API has no such callers: add @aws_iam, or give the API an issuer (-c users=https://...) or an authorizer (-c authorizer=ARN) (api.graphql:5:1)',
    ])
  })
})

test('no rewriting opens a type or a field to a mode that its directives exclude', () => {
  const all = ['aws_api_key', 'aws_iam', 'aws_cognito_user_pools', 'aws_oidc', 'aws_lambda']
  const modes: Mode[] = [
    'API_KEY',
    'AWS_IAM',
    'AMAZON_COGNITO_USER_POOLS',
    'OPENID_CONNECT',
    'AWS_LAMBDA',
  ]
  const subsets = <T>(list: readonly T[]) =>
    Array.from({ length: 2 ** list.length }, (_, bits) =>
      list.filter((_item, index) => bits & (2 ** index)),
    )
  for (const directives of subsets(all).filter(({ length }) => length > 0)) {
    const sdl = `type Query { a: ID ${directives.map((name) => `@${name}`).join(' ')} }`
    for (const present of subsets(modes).filter((each) => each.includes('AWS_IAM'))) {
      const deployed = deployedSchema(sdl, handWritten(...present))
      const field = buildSchema(deployed, { assumeValidSDL: true }).getQueryType()?.getFields().a
      const left = (field?.astNode?.directives ?? []).map(({ name }) => name.value)
      expect(left).not.toEqual([])
      expect(directives).toEqual(expect.arrayContaining(left))
    }
  }
})

describe('a type that a caller can reach', () => {
  const named = (sentences: readonly string[]) => sentences.map((text) => text.split(':')[0])

  test('must be open to the callers of each field that leads to it, at any depth', () => {
    const schema = `type Query @aws_iam @aws_oidc { page: Page }
type Page @aws_iam @aws_oidc { items: [Item!]! }
type Item @aws_iam { note: Note }
type Note @aws_oidc { text: String }`
    expect(errorsOf(schema, handWritten('AWS_IAM', 'OPENID_CONNECT'))).toEqual([
      'Item needs @aws_oidc for the callers of Query.page: otherwise AppSync refuses its fields, and silently delivers nothing to subscribers (api.graphql:3:1)',
      'Note needs @aws_iam for the callers of Query.page: otherwise AppSync refuses its fields, and silently delivers nothing to subscribers (api.graphql:4:1)',
    ])
  })

  test('needs no directives for a default mode, and one for each other mode', () => {
    const schema = `type Query { a: A b: A @aws_lambda }
type A { id: ID }`
    expect(named(errorsOf(schema, handWritten('AWS_IAM', 'AWS_LAMBDA')))).toEqual([
      'A needs @aws_lambda for the callers of Query.b',
    ])
    expect(errorsOf('type Query { a: A }\ntype A { id: ID }', handWritten('AWS_IAM'))).toEqual([])
  })

  test('may exclude callers from a field, whose own callers then decide about the types below', () => {
    const closed = `type Query @aws_iam @aws_oidc { a: A }
type A @aws_iam @aws_oidc { id: ID secret: Secret @aws_iam }
type Secret @aws_iam { text: String }`
    expect(errorsOf(closed, handWritten('AWS_IAM', 'OPENID_CONNECT'))).toEqual([])
    const open = closed.replace('secret: Secret @aws_iam', 'secret: Secret @aws_iam @aws_oidc')
    expect(named(errorsOf(open, handWritten('AWS_IAM', 'OPENID_CONNECT')))).toEqual([
      'Secret needs @aws_oidc for the callers of A.secret',
    ])
  })

  test('must be open to subscribers, and to the publisher of its events', () => {
    const schema = `type Query { none: ID }
type Mutation { publish: Event @aws_iam }
type Subscription @aws_oidc { on: Event @aws_subscribe(mutations: ["publish"]) }
type Event { id: ID }`
    expect(named(errorsOf(schema, handWritten('API_KEY', 'AWS_IAM', 'OPENID_CONNECT')))).toEqual([
      'Event needs @aws_iam for the callers of Mutation.publish',
      'Event needs @aws_oidc for the callers of Subscription.on',
    ])
  })

  test('can be a member of a union, implement an interface, or contain itself', () => {
    const schema = `type Query { any: Any @aws_iam thing: Thing @aws_iam }
union Any = One | Two
interface Thing { id: ID }
type One { id: ID other: One }
type Two @aws_iam { id: ID }
type Three implements Thing { id: ID }`
    expect(named(errorsOf(schema, handWritten('API_KEY', 'AWS_IAM')))).toEqual([
      'One needs @aws_iam for the callers of Query.any',
      'Three needs @aws_iam for the callers of Query.thing',
    ])
  })
})

test('@aws_auth is rejected, because AppSync ignores it', () => {
  const schema = 'type Query { a: ID @aws_auth(cognito_groups: ["staff"]) }'
  expect(errorsOf(schema, handWritten('AWS_IAM', 'AMAZON_COGNITO_USER_POOLS'))).toEqual([
    '@aws_auth has no effect in an API with several modes: use @aws_cognito_user_pools(cognito_groups: [...]) (api.graphql:1:20)',
  ])
})
