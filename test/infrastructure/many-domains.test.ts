import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'
import { expandedSchema } from '../../lib/schema/index.ts'
import { unbundledApp } from '../support/synth.ts'

const ROOT = join(__dirname, '../..')
const names = Array.from({ length: 20 }, (_, index) => `Thing${index + 1}`)
let folder: string

beforeAll(() => {
  // The bundler requires every entry to be inside the project.
  folder = mkdtempSync(join(ROOT, 'test/.many-'))
  for (const name of names) {
    const domain = name.toLowerCase()
    write(
      `resolvers/${domain}/schema.graphql`,
      `type ${name} @resource {
  count: Int!
}
type ${name}Event @events {
  count: Int
}
extend type Mutation {
  count${name}(input: Count${name}Input!): ${name}!
}
input Count${name}Input @command {
  count: Int!
}
`,
    )
    write(`resolvers/${domain}/commands.ts`, `exports.commands = { count${name}() {} }`)
    write(
      `resolvers/${domain}/reactions.ts`,
      `const { ${name} } = require('../../lib/${domain}/index.ts')
exports.reactions = { echo: { of: ${name}, begins: 'now' } }`,
    )
    write(`lib/${domain}/index.ts`, `exports.${name} = class {}`)
  }
  write('schema.graphql', expandedSchema(join(folder, 'resolvers')))
})

afterAll(() => rmSync(folder, { recursive: true }))

function write(file: string, text: string) {
  mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, file), text)
}

function stackWith(nestedStacks: boolean) {
  const app = unbundledApp()
  const stack = new Stack(app, 'Many')
  const api = new EventSourcingApi(stack, 'Api', {
    schema: join(folder, 'schema.graphql'),
    resolvers: join(folder, 'resolvers'),
    nestedStacks,
  })
  for (const name of names) api.addDomain(name.toLowerCase(), { resources: [name] })
  api.addOperations()
  return { app, stack }
}

test('twenty domains are too much for one stack, and synth names the way out', () => {
  expect(() => stackWith(false).app.synth()).toThrow(
    /The stack Many has 5\d\d resources, and synth accepts 450, .*: pass nestedStacks: true/,
  )
})

test('twenty domains fit with a nested stack for each, and tables stay where they are', () => {
  const { app, stack } = stackWith(true)
  app.synth()
  const template = Template.fromStack(stack)
  expect(Object.keys(template.toJSON().Resources).length).toBeLessThan(450)
  const nested = Object.keys(template.findResources('AWS::CloudFormation::Stack'))
  expect(nested.sort()).toEqual(names.map((name) => `${name.toLowerCase()}Functions`).sort())
  expect(Object.keys(template.findResources('AWS::DynamoDB::GlobalTable')).sort()).toEqual(
    [...names.map((name) => `${name}Events`), 'ReactionCheckpoints'].sort(),
  )
})
