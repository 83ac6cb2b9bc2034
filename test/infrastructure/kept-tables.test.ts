import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Stack } from 'aws-cdk-lib'
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import { OwnUsers } from '../../lib/infrastructure/auth/index.ts'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { keepLogicalId } from '../../lib/infrastructure/logical-id.ts'
import { stageOf } from '../../lib/infrastructure/stage.ts'
import { EventTable } from '../../lib/infrastructure/tables/event-table.ts'
import { KeptTables } from '../../lib/infrastructure/tables/kept-tables.ts'
import { newFolder } from '../support/run-folder.ts'
import { unbundledApp } from '../support/synth.ts'

const APP = join(__dirname, '../app')
const TABLES = ['BookingEvents', 'ConcertEvents', 'ReactionCheckpoints']
const { CDK_OUTDIR: outdir, CI: ci } = process.env
let folder: string
let file: string

beforeEach(() => {
  folder = newFolder('kept')
  file = join(folder, 'kept-tables.json')
  // As if the CDK's command line ran the app.
  process.env.CDK_OUTDIR = folder
  delete process.env.CI
  jest.spyOn(process.stderr, 'write').mockReturnValue(true)
})

afterEach(() => {
  for (const [name, value] of Object.entries({ CDK_OUTDIR: outdir, CI: ci })) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  jest.restoreAllMocks()
})

/** Synthesizes a stack with the tables of two resources and of reactors. */
function synthesize(context: Record<string, string> = { stage: 'prod' }, users = false) {
  const app = unbundledApp(context)
  const stack = new Stack(app, `Shop-${context.stage}`)
  const api = new Construct(stack, 'Api')
  const stage = stageOf(api.node)
  new EventTable(api, 'Concert', { stage })
  new EventTable(api, 'Booking', { stage })
  const [key, { removalPolicy }] = [{ name: 'id', type: AttributeType.STRING }, stage]
  const checkpoints = new TableV2(api, 'Checkpoints', { partitionKey: key, removalPolicy })
  keepLogicalId(checkpoints, 'ReactionCheckpoints')
  if (users) new OwnUsers(api, 'Users', stage)
  const kept = new KeptTables(api, file)
  api.node.addValidation({ validate: () => kept.errors() })
  const { messages } = app.synth().getStackByName(stack.stackName)
  return messages.map(({ entry }) => `${entry.data}`)
}

const recorded = () => JSON.parse(readFileSync(file, 'utf8'))
const record = (...tables: string[]) => writeFileSync(file, JSON.stringify({ 'Shop-prod': tables }))

test('the first synthesis of prod records its tables; development stages record none', () => {
  synthesize({ stage: 'dev' })
  expect(existsSync(file)).toBe(false)
  synthesize()
  expect(recorded()).toEqual({ 'Shop-prod': TABLES })
  synthesize()
})

test('a table that disappears is rejected in prod, with its resource and the option', () => {
  record(...TABLES, 'OrderEvents')
  expect(() => synthesize()).toThrow(
    `The stack Shop-prod no longer has the table OrderEvents, which ${relative(process.cwd(), file)} lists: restore its resource Order, or synthesize once with -c remove=OrderEvents`,
  )
  expect(recorded()['Shop-prod']).toContain('OrderEvents')
  expect(() => synthesize({ stage: 'dev' })).not.toThrow()
})

test('a user pool that disappears is rejected in prod, because its users would be lost', () => {
  synthesize({ stage: 'dev' }, true)
  expect(existsSync(file)).toBe(false)
  synthesize({ stage: 'prod' }, true)
  expect(recorded()).toEqual({ 'Shop-prod': [...TABLES, 'UserPool'] })
  expect(() => synthesize()).toThrow(
    `The stack Shop-prod no longer has the user pool UserPool, which ${relative(process.cwd(), file)} lists: restore users: true in the auth of the API, or synthesize once with -c remove=UserPool`,
  )
  synthesize({ stage: 'prod', remove: 'UserPool' })
  expect(recorded()).toEqual({ 'Shop-prod': TABLES })
})

test('an option permits exactly the tables that it names, once', () => {
  record(...TABLES, 'OrderEvents', 'PartEvents')
  expect(() => synthesize({ stage: 'prod', remove: 'OrderEvents' })).toThrow('PartEvents')
  synthesize({ stage: 'prod', remove: 'OrderEvents,PartEvents' })
  expect(recorded()).toEqual({ 'Shop-prod': TABLES })
  expect(() => synthesize({ stage: 'prod', remove: 'OrderEvents' })).toThrow(
    '-c remove=OrderEvents must name a table that is in',
  )
  expect(() => synthesize({ stage: 'prod', remove: 'ConcertEvents' })).toThrow(
    '-c remove=ConcertEvents must name a table that is in',
  )
})

test('a pipeline is warned of a table that the file does not list, and changes no file', () => {
  process.env.CI = 'true'
  record('ConcertEvents')
  expect(synthesize().join()).toContain(
    'does not list BookingEvents, ReactionCheckpoints of the stack',
  )
  expect(recorded()).toEqual({ 'Shop-prod': ['ConcertEvents'] })
})

test.each(['[', '[]', '{"Shop-prod": "ConcertEvents"}', '{"Shop-prod": [1]}'])(
  'a file with %s is rejected',
  (text) => {
    writeFileSync(file, text)
    expect(() => synthesize()).toThrow('must have a list of tables for each stack')
  },
)

test('an API looks for the file next to its schema', () => {
  copyFileSync(join(APP, 'schema.graphql'), join(folder, 'schema.graphql'))
  record('OrderEvents')
  const app = unbundledApp({ stage: 'prod' })
  const api = new EventSourcingApi(new Stack(app, 'Shop-prod'), 'Api', {
    schema: join(folder, 'schema.graphql'),
    resolvers: join(APP, 'resolvers'),
  })
  expect(api.node.validate()).toContainEqual(expect.stringContaining('table OrderEvents'))
})
