import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Duration } from 'aws-cdk-lib'
import {
  Code,
  FunctionRuntime,
  type GraphqlApi,
  type LambdaDataSource,
} from 'aws-cdk-lib/aws-appsync'
import type { Construct } from 'constructs'
import {
  type BuiltInQueries,
  FIRST_USERS,
  fieldsOf,
  KEY_MAY_ALL,
  operationFields,
  type Subject,
} from '../../appsync/index.ts'
import { acknowledge, logicalIdOf } from '../acknowledge.ts'
import type { Contract, Operation } from '../domains/contract.ts'
import type { DomainAccess } from '../domains/domain-access.ts'
import type { DomainViews } from '../domains/domain-views.ts'
import type { Domains } from '../domains/domains.ts'
import { readExports } from '../domains/read-exports.ts'
import type { ModuleParts } from './bundled-code.ts'
import { EventFunction } from './event-function.ts'

/** The folder of the code that runs in functions and as AppSync scripts. */
export const APPSYNC = join(import.meta.dirname, '../../appsync')

const TIMEOUT = Duration.seconds(20)
const OPERATIONS: readonly Operation[] = ['Query', 'Mutation']
const FILES: Readonly<Record<Operation, string>> = { Query: 'queries', Mutation: 'commands' }

interface FunctionParts {
  /** The source of the fields, for error messages. */
  readonly source: string
  readonly name: string
  readonly entry: string
  readonly parts: ModuleParts | (() => ModuleParts)
  readonly environment: Record<string, string>
  /** The subscriptions that the function decides about. */
  readonly subscriptions: readonly string[]
}

export interface FieldFunctionsProps {
  readonly api: GraphqlApi
  readonly contract: Contract
  readonly domains: Domains
  /** The folder with one folder of functions for each domain. */
  readonly resolvers: string
  readonly access: DomainAccess
  readonly views: DomainViews
  /** Whether the holder of an API key may do everything, regardless of the rules. */
  readonly keyMayAll: boolean
  /** The source of users whose ids are their `sub` alone. Undefined: there is at most one source. */
  readonly firstUsers: string | undefined
}

export interface DomainFunctionProps {
  /** The domain's name. */
  readonly name: string
  readonly resources: readonly string[]
  readonly environment: Record<string, string>
}

/**
 * The functions that resolve the fields of Query and Mutation, and the fields that they resolve.
 */
export class FieldFunctions {
  readonly #api: GraphqlApi
  readonly #contract: Contract
  readonly #domains: Domains
  readonly #resolvers: string
  readonly #access: DomainAccess
  readonly #views: DomainViews
  readonly #keyMayAll: boolean
  readonly #firstUsers: string | undefined
  readonly #resolved: Record<Operation, Set<string>> = { Query: new Set(), Mutation: new Set() }

  constructor({
    api,
    contract,
    domains,
    resolvers,
    access,
    views,
    keyMayAll,
    firstUsers,
  }: FieldFunctionsProps) {
    this.#api = api
    this.#contract = contract
    this.#domains = domains
    this.#resolvers = resolvers
    this.#access = access
    this.#views = views
    this.#keyMayAll = keyMayAll
    this.#firstUsers = firstUsers
  }

  /**
   * Adds the function of a domain's queries or commands. Adds a resolver for each built-in field
   * and each field that the file exports. Returns undefined if the domain has no such field.
   */
  add(
    domain: Construct,
    operation: Operation,
    { name, resources, environment }: DomainFunctionProps,
  ): EventFunction | undefined {
    const file = this.#file(operation, name)
    const contracts = resources.map((resource) => this.#contract.resource(resource))
    const builtIn =
      operation === 'Query' ? contracts.flatMap(({ queries }) => namesOf(queries)) : []
    const exported = this.#exported(operation, name)
    const views = operation === 'Query' ? this.#views.names(name) : []
    const fields = new Set([...builtIn, ...(exported ?? []), ...views])
    const subscriptions = operation === 'Query' ? this.#subscriptions(name, resources) : []
    if (fields.size === 0 && subscriptions.length === 0) return undefined
    const parts = this.#domains.resources(contracts)
    const access = this.#access.file(name)
    const subjects = Object.fromEntries([
      ...[...fields].map((field) => [field, this.#contract.subject(operation, field, resources)]),
      ...views
        .filter((field) => this.#views.hasOwner(field))
        .map((field) => [field, { kind: 'view' } satisfies Subject]),
      ...subscriptions.map((field) => [
        field,
        this.#contract.subject('Subscription', field, resources),
      ]),
    ])
    const viewed = views.length > 0 ? this.#viewParts(name, resources) : undefined
    const given = [
      ...(exported ? ['file'] : []),
      ...(access ? ['access', `subjects: ${JSON.stringify(subjects)}`] : []),
      `resources: ${parts.expression}`,
      `builtIn: ${operation === 'Query'}`,
      ...(viewed ? [`views: ${viewed.expression}`] : []),
    ]
    return this.#add(domain, operation, [...fields], {
      source: exported ? file : `The domain ${name}`,
      entry: join(APPSYNC, 'resolvers/fields-entry.ts'),
      parts: {
        imports: [
          ...(exported ? [`import * as file from ${JSON.stringify(file)}`] : []),
          ...(access ? [`import * as access from ${JSON.stringify(access)}`] : []),
          ...parts.imports,
          ...(viewed?.imports ?? []),
        ],
        expression: `{ ${given.join(', ')} }`,
      },
      name,
      subscriptions,
      environment: {
        ...environment,
        ...(access && this.#keyMayAll && { [KEY_MAY_ALL]: 'true' }),
        ...(this.#firstUsers !== undefined && { [FIRST_USERS]: this.#firstUsers }),
      },
    })
  }

  /** Returns the views of a domain, and the resources of other domains that they list. */
  #viewParts(name: string, own: readonly string[]): ModuleParts {
    const others = this.#views.resources(name).filter((resource) => !own.includes(resource))
    const resources = this.#domains.resources(
      others.map((resource) => this.#contract.resource(resource)),
    )
    const files = this.#views.files(name)
    const fields = JSON.stringify(this.#views.fields(name))
    return {
      imports: [...files.imports, ...resources.imports],
      expression: `{ files: ${files.expression}, fields: ${fields}, resources: ${resources.expression} }`,
    }
  }

  /** Returns the fields of a domain, for which its access.ts needs rules. */
  fieldsOf(name: string, resources: readonly string[]): string[] {
    const queries = resources.flatMap((resource) =>
      namesOf(this.#contract.resource(resource).queries),
    )
    return [
      ...new Set([
        ...queries,
        ...this.exportedBy(name),
        ...this.#views.names(name),
        ...this.#subscriptions(name, resources),
      ]),
    ]
  }

  /**
   * Returns the subscriptions that the rules of a domain concern: those to the events of its
   * resources, and others that access.ts names. Without access.ts, AppSync answers them alone.
   */
  #subscriptions(name: string, resources: readonly string[]): string[] {
    const rules = this.#access.rules(name)
    if (!rules) return []
    const feeds = resources.map((resource) => `on${resource}Event`)
    return this.#contract
      .subscriptions()
      .filter((field) => feeds.includes(field) || Object.hasOwn(rules, field))
  }

  /**
   * Adds the function of the operators' queries or commands, and a resolver for each field.
   * @param hasReactors whether the whole stack has a table of checkpoints; called at synthesis
   */
  addOperations(
    operations: Construct,
    operation: Operation,
    hasReactors: () => boolean,
  ): EventFunction {
    const viewed = this.#views.resources()
    return this.#add(operations, operation, operationFields(operation), {
      source: 'addOperations',
      entry: join(APPSYNC, 'operations/operations-entry.ts'),
      parts: () => ({
        imports: [],
        expression: JSON.stringify({ operation, hasReactors: hasReactors(), viewed }),
      }),
      name: 'operations',
      subscriptions: [],
      environment: {},
    })
  }

  #add(
    scope: Construct,
    operation: Operation,
    fields: readonly string[],
    { source, name, entry, parts, environment, subscriptions }: FunctionParts,
  ): EventFunction {
    const handler = new EventFunction(scope, operation === 'Query' ? 'Queries' : 'Commands', {
      entry,
      parts,
      description: `${operation} fields of ${name}`,
      timeout: TIMEOUT,
      environment,
    })
    const dataSource = this.#api.addLambdaDataSource(
      `${name.replaceAll(/\W/g, '_')}_${FILES[operation]}`,
      handler,
    )
    acknowledge(
      dataSource,
      `AwsSolutions-IAM5[Resource::<${logicalIdOf(handler)}.Arn>:*]`,
      'AppSync may invoke this one function, in any version',
    )
    for (const field of fields) this.#resolve(operation, field, dataSource, source)
    for (const field of subscriptions) {
      dataSource.createResolver(`Subscription_${field}`, {
        typeName: 'Subscription',
        fieldName: field,
        runtime: FunctionRuntime.JS_1_0_0,
        code: script('access/subscribe.js'),
      })
    }
    return handler
  }

  /**
   * Returns the fields of the schema that no function resolves, one sentence each.
   * @param known fields whose error is already known
   */
  errors(known: ReadonlySet<string>): string[] {
    return OPERATIONS.flatMap((operation) =>
      this.#contract
        .fields(operation)
        .filter((field) => !this.#resolved[operation].has(field) && !known.has(field))
        .map(
          (field) =>
            `schema.graphql has a field ${operation}.${field} that no ${FILES[operation]}.ts resolves${this.#contract.placeOf(operation, field)}`,
        ),
    )
  }

  /** Returns the file of a domain that resolves a query field. Undefined: none does. */
  queriesFileOf(domain: string, field: string): string | undefined {
    const isExported = this.#exported('Query', domain)?.includes(field) ?? false
    return isExported ? this.#file('Query', domain) : undefined
  }

  /** Returns the fields that the files of a domain export, whether the stack adds it or not. */
  exportedBy(domain: string): string[] {
    return OPERATIONS.flatMap((operation) => this.#exported(operation, domain) ?? [])
  }

  #exported(operation: Operation, domain: string): string[] | undefined {
    const file = this.#file(operation, domain)
    return existsSync(file) ? exportedFields(file) : undefined
  }

  #file(operation: Operation, domain: string): string {
    return join(this.#resolvers, domain, `${FILES[operation]}.ts`)
  }

  #resolve(
    operation: Operation,
    field: string,
    dataSource: LambdaDataSource,
    source: string,
  ): void {
    if (!this.#contract.fields(operation).includes(field)) {
      const message = `${source} exports ${field}, but schema.graphql has no field ${operation}.${field}`
      dataSource.node.addValidation({ validate: () => [message] })
      return
    }
    this.#resolved[operation].add(field)
    dataSource.createResolver(`${operation}_${field}`, {
      typeName: operation,
      fieldName: field,
      runtime: FunctionRuntime.JS_1_0_0,
      code: script('resolvers/invoke.js'),
    })
  }
}

/** Returns the source of an AppSync script, unchanged. */
export function script(name: string): Code {
  return Code.fromInline(readFileSync(join(APPSYNC, name), 'utf8'))
}

/** Returns the fields of a resource's built-in queries. */
export function namesOf({ one, all, events }: BuiltInQueries): string[] {
  return [one, all, events].filter((name) => name !== undefined)
}

/** Returns the keys of the object that a file exports. */
function exportedFields(path: string): string[] {
  return readExports(path, (file) => Object.keys(fieldsOf(file)), ' cannot resolve any field')
}
