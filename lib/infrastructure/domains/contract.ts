import {
  type ASTNode,
  type DocumentNode,
  type FieldDefinitionNode,
  GraphQLError,
  type InputObjectTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  Source,
  type TypeNode,
  visit,
} from 'graphql'
import type {
  BuiltInQueries,
  Feed,
  Presentation,
  ResourceSubject,
  SchemaTypes,
} from '../../appsync/index.ts'
import { nameOf, SCALARS } from '../../schema/index.ts'

export type Operation = 'Query' | 'Mutation'

/** A resource in the schema. */
export interface ResourceContract extends Presentation {
  readonly name: string
  readonly queries: BuiltInQueries
  readonly types: SchemaTypes
}

const ALWAYS = {
  id: 'ID!',
  number: 'Int!',
  type: 'String!',
  created: 'AWSDateTime!',
  // Marks an event that the feed cannot publish as a whole.
  truncated: 'Boolean',
}

/** The attributes of an event that the framework adds from `meta`. */
const PUBLIC_META = ['commandId', 'traceId', 'owner', 'actor']

/** The parts of the API's schema that have to match the stack. */
export class Contract {
  readonly #document: DocumentNode
  readonly #file: string

  /**
   * @param file the file name for error messages
   * @throws Error, with the surrounding lines, if the text is not valid SDL
   */
  constructor(sdl: string, file = 'schema.graphql') {
    this.#file = file
    try {
      this.#document = parse(new Source(sdl, file))
    } catch (error) {
      throw error instanceof GraphQLError ? new Error(error.toString()) : error
    }
  }

  /**
   * Returns the uses of syntax that graphql-js parses and AppSync rejects. AppSync reads comments
   * as descriptions, and fails on some comments before the values of an enum.
   * https://github.com/aws/aws-appsync-community/issues/38, /410
   */
  syntaxErrors(): string[] {
    const described: string[] = []
    visit(this.#document, {
      enter: (node) => {
        if (!('description' in node) || !node.description || !('name' in node)) return
        const name = node.name && 'value' in node.name ? node.name.value : ''
        described.push(
          `AppSync does not parse the description of ${name}: write a # comment instead${this.#at(node)}`,
        )
      },
      EnumTypeDefinition: (node) => {
        const { name, loc } = node
        const text = loc?.source.body.slice(loc.start, loc.end) ?? ''
        if (text.includes('#')) {
          described.push(
            `AppSync may not parse a comment in enum ${name.value}: move it above the enum${this.#at(node)}`,
          )
        }
      },
    })
    return described
  }

  /** Returns the fields that need a function: all except the publish mutations. */
  fields(operation: Operation): string[] {
    const publishers = new Set(this.#subscriptions().flatMap(publishersOf))
    const fields = this.#object(operation)?.fields ?? []
    return fields.map(({ name }) => name.value).filter((name) => !publishers.has(name))
  }

  /** Returns the position of a field in the schema: ` (schema.graphql:35:3)`. */
  placeOf(operation: Operation, field: string): string {
    return this.#at(this.#object(operation)?.fields?.find(named(field)))
  }

  /** Returns the subscription fields. */
  subscriptions(): string[] {
    return this.#subscriptions().map(({ name }) => name.value)
  }

  /**
   * Returns the resources that a field concerns, by its type and arguments. Undefined if it concerns
   * none of these resources.
   */
  subject(
    operation: Operation | 'Subscription',
    field: string,
    resources: readonly string[],
  ): ResourceSubject | undefined {
    const definition = this.#object(operation)?.fields?.find(named(field))
    if (!definition) return undefined
    const type = nameOf(definition.type)
    const find = (suffix: string) => resources.find((resource) => `${resource}${suffix}` === type)
    const [one, page, event] = ['', 'Page', 'Event'].map(find)
    if (operation === 'Subscription') return subjectOf(event, 'feed')
    if (operation === 'Mutation')
      return this.#takesId(definition) ? subjectOf(one, 'one') : undefined
    if (page !== undefined && this.#queriesOf(page).all === field) return subjectOf(page, 'page')
    return subjectOf(definition.arguments?.some(named('id')) ? (one ?? event) : undefined, 'one')
  }

  /** Whether a mutation has an `id` in its input or arguments. Another name may mean anything. */
  #takesId({ arguments: args = [] }: FieldDefinitionNode): boolean {
    const input = args.find(named('input'))
    const fields = input ? this.#input(nameOf(input.type))?.fields : args
    return fields?.some(named('id')) ?? false
  }

  /** Returns the API form of a resource or another type, and the names of its built-in queries. */
  resource(name: string): ResourceContract {
    const fields = this.#object(name)?.fields ?? []
    return {
      name,
      fields: fields.map((field) => field.name.value),
      enums: fields
        .filter(({ type }) => this.isEnum(nameOf(type)))
        .map((field) => field.name.value),
      queries: this.#queriesOf(name),
      types: this.#typesOf(name),
    }
  }

  /** Returns the types of a resource and its events, and all types that they contain. */
  #typesOf(name: string): SchemaTypes {
    const own = (attribute: string) => !(attribute in ALWAYS) && !PUBLIC_META.includes(attribute)
    const resource = Object.fromEntries(fieldTypes(this.#object(name)))
    const event = Object.fromEntries(
      fieldTypes(this.#object(`${name}Event`)).filter(([attribute]) => own(attribute)),
    )
    const objects: Record<string, Record<string, string>> = {}
    const enums: Record<string, string[]> = {}
    const add = (types: Readonly<Record<string, string>>) => {
      for (const type of Object.values(types)) {
        const inner = type.replaceAll(/[[\]!]/g, '')
        const values = this.#enumValues(inner)
        const object = this.#object(inner)
        if (values) enums[inner] = values
        if (!object || inner in objects) continue
        const fields = Object.fromEntries(fieldTypes(object))
        objects[inner] = fields
        add(fields)
      }
    }
    add({ ...resource, ...event })
    return { resource, event, objects, enums }
  }

  /** Returns the feed of a resource, found by the naming convention. */
  feed(resource: string): Feed {
    const types = fieldTypes(this.#object(`${resource}Event`))
    return {
      resource,
      mutation: `publish${resource}Event`,
      input: `${resource}EventInput`,
      fields: types.map(([name]) => name),
      json: types.filter(([, type]) => /^AWSJSON!?$/.test(type)).map(([name]) => name),
    }
  }

  /** Returns the feeds of all resources with events in the schema. */
  feeds(): Feed[] {
    const publishers = (this.#object('Mutation')?.fields ?? []).map(({ name }) => name.value)
    const resources = publishers.flatMap((name) => /^publish(\w+)Event$/.exec(name)?.[1] ?? [])
    return resources.map((resource) => this.feed(resource))
  }

  /** Returns the errors in the schema of a resource's feed, one sentence each. */
  feedErrors(resource: string): string[] {
    const { mutation, input } = this.feed(resource)
    const type = `${resource}Event`
    const subscription = `on${resource}Event`
    const event = this.#object(type)
    const eventInput = this.#input(input)
    const publisher = this.#object('Mutation')?.fields?.find(named(mutation))
    const subscriber = this.#object('Subscription')?.fields?.find(named(subscription))
    if (!event) return [`schema.graphql has no type ${type} for the events of ${resource}`]
    if (!eventInput) return [`schema.graphql has no input ${input} to publish ${type} with`]
    if (!publisher) return [`schema.graphql has no field Mutation.${mutation}(event: ${input}!)`]
    if (!subscriber) return [`schema.graphql has no field Subscription.${subscription}`]
    const types = new Map(fieldTypes(event))
    const inputs = new Map(fieldTypes(eventInput))
    const sentences = [
      ...Object.entries(ALWAYS).flatMap(([name, expected]) =>
        types.get(name) === expected ? [] : [`${type} needs a field ${name}: ${expected}`],
      ),
      ...[...types].flatMap(([name, expected]) =>
        inputs.get(name) === expected
          ? []
          : [`${input} needs a field ${name}: ${expected}, like ${type}`],
      ),
      ...[...inputs.keys()].flatMap((name) =>
        types.has(name) ? [] : [`${input} has a field ${name} that ${type} does not have`],
      ),
      ...(event.fields ?? []).flatMap(({ name, type: fieldType }) =>
        this.#isLeaf(fieldType)
          ? []
          : [`${type}.${name.value} is an object: use scalars, enums or lists of them`],
      ),
      ...((publisher.directives ?? []).map((used) => used.name.value).join() === 'aws_iam'
        ? []
        : [
            `Mutation.${mutation} needs @aws_iam alone, so that only the feed function can publish`,
          ]),
      ...(print(publisher.type) === type ? [] : [`Mutation.${mutation} needs the type ${type}`]),
      ...(print(subscriber.type) === type
        ? []
        : [`Subscription.${subscription} needs the nullable type ${type}, like its mutation`]),
      ...(publishersOf(subscriber).includes(mutation)
        ? []
        : [`Subscription.${subscription} needs @aws_subscribe(mutations: ["${mutation}"])`]),
      ...(subscriber.arguments ?? []).flatMap(({ name }) =>
        types.has(name.value)
          ? []
          : [`Subscription.${subscription}(${name.value}) matches no field of ${type}`],
      ),
    ]
    const subjects = [
      ['Mutation.', publisher],
      ['Subscription.', subscriber],
      [input, eventInput],
      [type, event],
    ] as const
    return sentences.map((sentence) => {
      const [, subject] = subjects.find(([start]) => sentence.startsWith(start)) ?? []
      return `${sentence}${this.#at(subject)}`
    })
  }

  /**
   * Finds the built-in queries by their types and arguments. The author's other queries need a
   * different signature.
   */
  #queriesOf(resource: string): BuiltInQueries {
    const queries = this.#object('Query')?.fields ?? []
    const find = (type: string, allowed: readonly string[], required: readonly string[]) =>
      queries.find((query) => {
        const names = (query.arguments ?? []).map(({ name }) => name.value)
        const fits = names.every((name) => allowed.includes(name))
        return fits && required.every((name) => names.includes(name)) && print(query.type) === type
      })?.name.value
    const one = find(resource, ['id', 'version', 'at'], ['id'])
    const all = find(`${resource}Page!`, ['limit', 'nextToken'], [])
    const events = find(`[${resource}Event!]!`, ['id', 'after', 'limit'], ['id'])
    return { ...(one && { one }), ...(all && { all }), ...(events && { events }) }
  }

  #at(node: ASTNode | undefined): string {
    const { line, column } = node?.loc?.startToken ?? {}
    return line === undefined ? '' : ` (${this.#file}:${line}:${column})`
  }

  #isLeaf(type: TypeNode): boolean {
    const name = nameOf(type)
    return SCALARS.includes(name) || name.startsWith('AWS') || this.isEnum(name)
  }

  isEnum(name: string): boolean {
    return this.#enumValues(name) !== undefined
  }

  #enumValues(name: string): string[] | undefined {
    return this.#document.definitions
      .filter((definition) => definition.kind === Kind.ENUM_TYPE_DEFINITION)
      .find(named(name))
      ?.values?.map((value) => value.name.value)
  }

  #subscriptions(): readonly FieldDefinitionNode[] {
    return this.#object('Subscription')?.fields ?? []
  }

  #object(name: string): ObjectTypeDefinitionNode | undefined {
    return this.#document.definitions
      .filter((definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION)
      .find(named(name))
  }

  #input(name: string): InputObjectTypeDefinitionNode | undefined {
    return this.#document.definitions
      .filter((definition) => definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
      .find(named(name))
  }
}

function subjectOf(
  resource: string | undefined,
  kind: ResourceSubject['kind'],
): ResourceSubject | undefined {
  return resource === undefined ? undefined : { resource, kind }
}

function named(name: string) {
  return (node: { readonly name: { readonly value: string } }) => node.name.value === name
}

function fieldTypes(
  type: ObjectTypeDefinitionNode | InputObjectTypeDefinitionNode | undefined,
): [string, string][] {
  return (type?.fields ?? []).map((field) => [field.name.value, print(field.type)])
}

/** Returns the mutations whose results a subscription delivers. */
function publishersOf({ directives = [] }: FieldDefinitionNode): string[] {
  return directives
    .filter(named('aws_subscribe'))
    .flatMap((directive) => directive.arguments ?? [])
    .flatMap(({ value }) => (value.kind === Kind.LIST ? value.values : [value]))
    .flatMap((value) => (value.kind === Kind.STRING ? [value.value] : []))
}
