import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { Contract } from '../../lib/infrastructure/domains/contract.ts'
import { DomainAccess } from '../../lib/infrastructure/domains/domain-access.ts'
import { DomainViews } from '../../lib/infrastructure/domains/domain-views.ts'
import { Domains } from '../../lib/infrastructure/domains/domains.ts'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { expandedSchema } from '../../lib/schema/index.ts'
import { newFolder } from '../support/run-folder.ts'
import { unbundledApp, unbundledStack } from '../support/synth.ts'

const APP = join(__dirname, '../app')
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(APP, '.views-'))
  cpSync(join(APP, 'resolvers'), folder, { recursive: true })
})

afterEach(() => rmSync(folder, { recursive: true }))

const path = (file: string) => join(folder, file)

/** Changes a file of a copy of the application. */
function change(file: string, [from, to]: readonly [from: string, to: string]): void {
  const text = readFileSync(path(file), 'utf8')
  expect(text).toContain(from)
  writeFileSync(path(file), text.replace(from, to))
}

function synthesize(): Template {
  const schema = join(newFolder('schema'), 'schema.graphql')
  writeFileSync(schema, expandedSchema(folder))
  const env = { account: '111122223333', region: 'eu-central-1' }
  const stack = new Stack(unbundledApp(), 'Test', { env })
  const api = new EventSourcingApi(stack, 'Api', {
    schema,
    domains: join(APP, 'lib'),
    resolvers: folder,
  })
  api.addDomain('tickets', { resources: ['Concert'] })
  api.addDomain('bookings', { resources: ['Booking'] })
  api.addOperations()
  return Template.fromStack(stack)
}

/** Returns the mistakes in the views of the copy. */
function mistakes(): string[] {
  const domains = new Domains({ domains: join(APP, 'lib'), resolvers: folder })
  const views = new DomainViews(folder, domains, new Contract(expandedSchema(folder)))
  return views.errors(new Set(['Concert', 'Booking']), () => undefined)
}

let template: Template

beforeAll(() => {
  template = Template.fromStack(unbundledStack())
})

test('only the views function may write the table, and no command may read it', () => {
  template.hasResource('AWS::DynamoDB::GlobalTable', {
    Properties: {
      KeySchema: [
        { AttributeName: 'partition', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'byKey' })],
      Replicas: [
        Match.objectLike({
          ResourcePolicy: {
            PolicyDocument: Match.objectLike({
              Statement: Match.arrayWith([
                Match.objectLike({
                  Effect: 'Deny',
                  Principal: { AWS: '*' },
                  Action: Match.arrayWith(['dynamodb:BatchWriteItem', 'dynamodb:PutItem']),
                  Condition: { StringNotEquals: { 'aws:PrincipalTag/views': 'Test' } },
                }),
              ]),
            }),
          },
        }),
      ],
    },
  })
  const roles = Object.entries(template.findResources('AWS::IAM::Role'))
  const tagged = roles.filter(([, { Properties }]) =>
    JSON.stringify(Properties).includes('"views"'),
  )
  expect(tagged.map(([id]) => id.startsWith('ApiViewsFunction'))).toEqual([true])
  const readers = Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([, policy]) => JSON.stringify(policy).includes('"Views"'))
    .map(([id]) => id.replace(/ServiceRole.*/, ''))
  expect(readers.sort()).toEqual([
    'ApiViewsFunction',
    'ApibookingsQueries',
    'ApioperationsQueries',
    'ApiticketsQueries',
  ])
})

test('the dispatcher reads the streams and may wake the views function', () => {
  const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'))
  const readers = mappings
    .filter(({ Properties }) => JSON.stringify(Properties.EventSourceArn).includes('ConcertEvents'))
    .map(({ Properties }) => Properties.FunctionName.Ref.replace(/[0-9A-F]{8}$/, ''))
  expect(readers.sort()).toEqual(['ApiFeedFunction', 'ApiReactionsFunction'])
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: { VIEWS_FUNCTION: { Ref: Match.stringLikeRegexp('^ApiViewsFunction') } },
    },
  })
})

test('without a dispatcher, the views function reads the streams itself', () => {
  rmSync(path('bookings/reactions.ts'))
  const without = synthesize()
  const mappings = Object.values(without.findResources('AWS::Lambda::EventSourceMapping'))
  const tables = mappings
    .filter(({ Properties }) => JSON.stringify(Properties.FunctionName).includes('ApiViews'))
    .map(({ Properties }) => JSON.stringify(Properties.EventSourceArn))
  expect(tables.filter((arn) => /ConcertEvents|BookingEvents/.test(arn))).toHaveLength(2)
  expect(JSON.stringify(without)).not.toContain('ApiReactions')
})

test('without views, there is no table, function or alarm of views', () => {
  for (const domain of ['tickets', 'bookings']) {
    rmSync(path(`${domain}/views.ts`))
    const part = readFileSync(path(`${domain}/schema.graphql`), 'utf8')
    writeFileSync(
      path(`${domain}/schema.graphql`),
      part.replace(/extend type Query \{[^}]*\}\n/, '').replace(/type SeatsByDay \{[^}]*\}\n/, ''),
    )
  }
  expect(JSON.stringify(synthesize())).not.toMatch(/ApiViews|VIEW_TABLE|ViewLag|"Views"/)
})

const TICKETS = 'tickets/views.ts'
const BOOKINGS = 'bookings/views.ts'

test.each([
  [
    'a field without a view',
    TICKETS,
    ['  seatsByDay: fold', '  seatsByMonth: fold'],
    /Query\.seatsByDay is marked @view, but resolvers\/tickets\/views\.ts exports no view seatsByDay: add seatsByDay: list\(…\) or fold\(…\)/,
  ],
  [
    'a view without a field',
    TICKETS,
    ['  seatsByDay: fold', '  seatsByMonth: fold'],
    /seatsByMonth is a view, but resolvers\/tickets\/schema\.graphql has no query field seatsByMonth that is marked @view/,
  ],
  [
    'a list of another resource',
    BOOKINGS,
    [
      "import { Booking } from '../../lib/bookings",
      "import { Concert as Booking } from '../../lib/tickets",
    ],
    /bookingsOfConcert lists Concert, but its field answers BookingPage/,
  ],
  [
    'a list for a row',
    TICKETS,
    ['seatsByDay: fold(Concert, {', 'seatsByDay: list(Concert, {'],
    /seatsByDay is a list, but its field answers one row, SeatsByDay: use fold/,
  ],
  [
    'a range without a sort value',
    BOOKINGS,
    ['    sort: ({ quantity }) => quantity,\n', ''],
    /bookingsOfConcert needs a function sort, because its field has from or to/,
  ],
] as const)('%s fails at synth with the file and the fix', (_, file, edit, sentence) => {
  change(file, edit)
  expect(mistakes().join('\n')).toMatch(sentence)
})

test('a file that does not export views alone fails at synth', () => {
  change(TICKETS, ['export const views', 'export const more = 1\nexport const views'])
  expect(mistakes).toThrow(
    /tickets\/views\.ts has no views: A views file must export one object of views/,
  )
})

test('the rule owner needs a view whose key has an owner', () => {
  writeFileSync(
    path('bookings/access.ts'),
    `import { owner } from '../../../../lib/appsync/index.ts'
     export const access = { bookingsOfConcert: owner }`,
  )
  const fields = ['bookingsOfConcert']
  const [mistake] = new DomainAccess(folder).errors('bookings', fields, fields)
  expect(mistake).toMatch(
    /has the rule owner for bookingsOfConcert, whose view has no key argument owner: add owner: ID/,
  )
})
