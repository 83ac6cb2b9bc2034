/** The maximum line length, as in biome.json. */
const LINE = 100

/** A resource's name in the forms that files need. */
interface Names {
  /** `StockItem` */
  readonly resource: string
  /** `stock item` */
  readonly words: string
  /** `stock-item` */
  readonly file: string
  /** `item` */
  readonly variable: string
}

/** Words that cannot name a variable. */
const KEYWORDS =
  /^(break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|import|in|instanceof|new|null|return|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|let|static|await|options|name|command|given|created)$/

/** Returns the files of a new domain, by their paths in the project. */
export function domainFiles(domain: string, resource: string): Record<string, string> {
  const names = namesOf(resource)
  return {
    [`lib/${domain}/${names.file}.ts`]: aggregate(names),
    [`lib/${domain}/index.ts`]: index(names),
    [`test/${domain}/${names.file}.test.ts`]: tests(domain, names),
    [`resolvers/${domain}/schema.graphql`]: part(names),
    [`resolvers/${domain}/commands.ts`]: commands(domain, names),
  }
}

export function namesOf(resource: string): Names {
  const parts = resource.match(/[A-Z]+(?![a-z])|[A-Z][a-z]*|[0-9]+/g) ?? [resource]
  const small = parts.map((part) => part.toLowerCase())
  const last = small.findLast((part) => /^[a-z]/.test(part)) ?? 'resource'
  return {
    resource,
    words: small.join(' '),
    file: small.join('-'),
    variable: KEYWORDS.test(last) ? 'resource' : last,
  }
}

/** Returns the line of a domain in lib/infrastructure/stack.ts. */
export function stackLine(domain: string, resource: string): string {
  return `    api.addDomain('${domain}', { resources: ['${resource}'] })\n`
}

function aggregate({ resource, words }: Names): string {
  const refusal = `new ${resource}IsArchived('The ${words} is archived')`
  const refuse = fitting(
    `  if (status === 'archived') throw ${refusal}`,
    `  if (status === 'archived')\n    throw ${refusal}`,
  )
  return `import {
  Aggregate,
  type CommitOptions,
  type Event,
  type EventHandlers,
  EventRejected,
} from '../event-sourcing/index.ts'

export interface ${resource}CreatedEvent extends Event {
  readonly type: '${resource}Created'
  readonly name: string
}

export interface ${resource}RenamedEvent extends Event {
  readonly type: '${resource}Renamed'
  readonly name: string
}

export interface ${resource}ArchivedEvent extends Event {
  readonly type: '${resource}Archived'
}

${eventUnion(resource)}

/** The ${words} is archived and cannot change. */
export class ${resource}IsArchived extends EventRejected {
  override readonly code = '${resource}IsArchived'
}

${classHead(resource)}
  name = ''
  status: 'active' | 'archived' = 'active'

  create(name: string, options?: CommitOptions) {
    return this.commit({ type: '${resource}Created', name }, options)
  }

  /** @throws ${resource}IsArchived */
  rename(name: string, options?: CommitOptions) {
    return this.commit(({ status }) => {
      refuseIfArchived(status)
      return { type: '${resource}Renamed', name }
    }, options)
  }

  /** @throws ${resource}IsArchived */
  archive(options?: CommitOptions) {
    return this.commit(({ status }) => {
      refuseIfArchived(status)
      return { type: '${resource}Archived' }
    }, options)
  }

  on${resource}Created({ name }: ${resource}CreatedEvent) {
    this.name = name
  }

  on${resource}Renamed({ name }: ${resource}RenamedEvent) {
    this.name = name
  }

  on${resource}Archived() {
    this.status = 'archived'
  }
}

function refuseIfArchived(status: ${resource}['status']): void {
${refuse}
}
`
}

function eventUnion(resource: string): string {
  const events = ['Created', 'Renamed', 'Archived'].map((what) => `${resource}${what}Event`)
  return fitting(
    `export type ${resource}Event = ${events.join(' | ')}`,
    [`export type ${resource}Event =`, ...events.map((event) => `  | ${event}`)].join('\n'),
  )
}

function classHead(resource: string): string {
  const [extended, implemented] = [
    `extends Aggregate<${resource}Event>`,
    `implements EventHandlers<${resource}Event>`,
  ]
  return fitting(
    `export class ${resource} ${extended} ${implemented} {`,
    `export class ${resource}\n  ${extended}\n  ${implemented}\n{`,
  )
}

function index({ resource, file }: Names): string {
  const names = [resource, `type ${resource}Event`, `${resource}IsArchived`]
  const line = fitting(
    `export { ${names.join(', ')} } from './${file}.ts'`,
    `export {\n${names.map((name) => `  ${name},\n`).join('')}} from './${file}.ts'`,
  )
  return `${line}\n`
}

/** Returns the first form whose lines fit the formatter's line length; else the last form. */
function fitting(...forms: readonly string[]): string {
  const fits = (text: string) => text.split('\n').every((line) => line.length <= LINE)
  return forms.find(fits) ?? forms.at(-1) ?? ''
}

/** Sorts imports in the linter's order. */
function imports(...lines: readonly string[]): string {
  const path = (line: string) => line.replace(/.* from /, '')
  return [...lines].sort((one, other) => (path(one) < path(other) ? -1 : 1)).join('\n')
}

function tests(domain: string, { resource, words, variable }: Names): string {
  const imported = imports(
    "import { given } from '../../lib/event-sourcing/testing/index.ts'",
    `import { ${resource} } from '../../lib/${domain}/index.ts'`,
  )
  return `${imported}

const created = { type: '${resource}Created', name: 'First' } as const

test('a renamed ${words} has the new name', () =>
  given(${resource}, [created])
    .when((${variable}) => ${variable}.rename('Second'))
    .expect({ state: { name: 'Second', status: 'active' } }))

test('an archived ${words} cannot be renamed', () =>
  given(${resource}, [created, { type: '${resource}Archived' }])
    .when((${variable}) => ${variable}.rename('Second'))
    .expect({ refusal: '${resource}IsArchived', state: { name: 'First' } }))
`
}

function part({ resource }: Names): string {
  return `type ${resource} @resource {
  name: String!
  status: ${resource}Status!
}

enum ${resource}Status {
  ACTIVE
  ARCHIVED
}

type ${resource}Event @events {
  # ${resource}Created, ${resource}Renamed.
  name: String
}

extend type Mutation {
  create${resource}(input: Create${resource}Input!): ${resource}!
  rename${resource}(input: Rename${resource}Input!): ${resource}!
  archive${resource}(input: Archive${resource}Input!): ${resource}!
}

input Create${resource}Input @command {
  name: String!
}

input Rename${resource}Input @command {
  id: ID!
  name: String!
}

input Archive${resource}Input @command {
  id: ID!
}
`
}

function commands(domain: string, { resource, variable }: Names): string {
  const imported = imports(
    "import { command } from '../../lib/appsync/index.ts'",
    "import type { MutationResolvers } from '../../lib/generated/schema.ts'",
    `import { ${resource} } from '../../lib/${domain}/index.ts'`,
  )
  const field = (name: string, input: string, call: string) => {
    const [head, rule] = [`  ${name}${resource}: command(`, `(${variable}, ${input}, options) =>`]
    return fitting(
      `${head}${resource}, ${rule} ${variable}.${call}),`,
      `${head}${resource}, ${rule}\n    ${variable}.${call},\n  ),`,
      `${head}\n    ${resource},\n    ${rule} ${variable}.${call},\n  ),`,
    )
  }
  return `${imported}

export const commands = {
${field('create', '{ name }', 'create(name, options)')}

${field('rename', '{ name }', 'rename(name, options)')}

${field('archive', '_', 'archive(options)')}
} satisfies MutationResolvers
`
}
