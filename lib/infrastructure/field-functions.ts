import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Duration } from 'aws-cdk-lib'
import {
  Code,
  FunctionRuntime,
  type GraphqlApi,
  type LambdaDataSource,
} from 'aws-cdk-lib/aws-appsync'
import type { Construct } from 'constructs'
import { fieldsOf } from '../appsync/index.ts'
import { acknowledge, logicalIdOf } from './acknowledge.ts'
import type { Contract, Operation } from './contract.ts'
import { EventFunction } from './event-function.ts'

/** The glue that runs in functions, and as AppSync's scripts. */
export const APPSYNC = join(import.meta.dirname, '../appsync')

const TIMEOUT = Duration.seconds(20)
const OPERATIONS: readonly Operation[] = ['Query', 'Mutation']
const FILES: Readonly<Record<Operation, string>> = { Query: 'queries', Mutation: 'commands' }

/** The functions that resolve the fields of Query and Mutation, and which field has one. */
export class FieldFunctions {
  readonly #api: GraphqlApi
  readonly #contract: Contract
  readonly #resolvers: string
  readonly #resolved: Record<Operation, Set<string>> = { Query: new Set(), Mutation: new Set() }

  /** @param resolvers the folder with a folder of functions for each domain */
  constructor(api: GraphqlApi, contract: Contract, resolvers: string) {
    this.#api = api
    this.#contract = contract
    this.#resolvers = resolvers
  }

  /** The function of a domain's queries or commands, and a resolver for every field that its file exports. */
  add(
    domain: Construct,
    operation: Operation,
    name: string,
    environment: Record<string, string>,
  ): EventFunction {
    const file = FILES[operation]
    const path = join(this.#resolvers, name, `${file}.ts`)
    if (!existsSync(path)) {
      throw new Error(
        `${path} is missing: it exports the functions of the ${operation} fields of ${name}`,
      )
    }
    const handler = new EventFunction(domain, operation === 'Query' ? 'Queries' : 'Commands', {
      entry: join(APPSYNC, 'fields-entry.ts'),
      parts: { imports: [`import * as file from ${JSON.stringify(path)}`], expression: 'file' },
      description: `${operation} fields of ${name}`,
      timeout: TIMEOUT,
      environment,
    })
    const source = this.#api.addLambdaDataSource(`${name.replaceAll(/\W/g, '_')}_${file}`, handler)
    acknowledge(
      source,
      `AwsSolutions-IAM5[Resource::<${logicalIdOf(handler)}.Arn>:*]`,
      'AppSync may invoke this one function, in any version',
    )
    for (const field of exportedFields(path)) this.#resolve(operation, field, source, path)
    return handler
  }

  /** The fields of the schema that no function resolves, one sentence each. */
  errors(): string[] {
    return OPERATIONS.flatMap((operation) =>
      this.#contract
        .fields(operation)
        .filter((field) => !this.#resolved[operation].has(field))
        .map(
          (field) =>
            `schema.graphql has a field ${operation}.${field} that no ${FILES[operation]}.ts resolves${this.#contract.placeOf(operation, field)}`,
        ),
    )
  }

  #resolve(operation: Operation, field: string, source: LambdaDataSource, path: string): void {
    if (!this.#contract.fields(operation).includes(field)) {
      const message = `${path} exports ${field}, but schema.graphql has no field ${operation}.${field}`
      source.node.addValidation({ validate: () => [message] })
      return
    }
    this.#resolved[operation].add(field)
    source.createResolver(`${operation}_${field}`, {
      typeName: operation,
      fieldName: field,
      runtime: FunctionRuntime.JS_1_0_0,
      code: script('invoke.js'),
    })
  }
}

/** A script of AppSync's, as it stands in the glue. */
export function script(name: string): Code {
  return Code.fromInline(readFileSync(join(APPSYNC, name), 'utf8'))
}

/** The keys of the object that a file exports: the file is loaded, as Lambda will load it. */
function exportedFields(path: string): string[] {
  const file: Record<string, unknown> = createRequire(import.meta.url)(path)
  try {
    return Object.keys(fieldsOf(file))
  } catch (cause) {
    throw new Error(`${path} cannot resolve any field`, { cause })
  }
}
