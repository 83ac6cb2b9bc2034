import { readFileSync } from 'node:fs'
import {
  buildASTSchema,
  concatAST,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql'
import type { ApiDefinition } from '../../../../lib/local/appsync/index.ts'
import { AWS_DECLARATIONS } from '../../../../lib/local/appsync/schema/scalars.ts'
import { functionOf, notesApi } from './notes.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

/** The notes, with a function for each field that a client can call. */
export function oddNotes(): ApiDefinition {
  return notesApi({
    fields: {
      'Query.note': functionOf((args) => ({ ...Object(args), parent: { id: 1, parent: {} } })),
      'Query.notes': functionOf(() => [{ id: 1 }, null]),
      'Query.echo': functionOf((args) => JSON.stringify(args)),
      'Mutation.writeNote': functionOf((args) => args),
    },
  })
}

/** The test application's API with its own script. Its functions return values of the right type. */
export function oddBookings(): ApiDefinition {
  const schema = read('../../../app/schema.graphql')
  const types = schemaOf(schema)
  const invoke = read('../../../../lib/appsync/resolvers/invoke.js')
  const fields = [types.getQueryType(), types.getMutationType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}).map((field) => {
      const name = `${type?.name}.${field.name}`
      const answer = functionOf(() => ({ result: exampleOf(field.type) }))
      return [name, [invoke, answer]] as const
    }),
  )
  const { resolvers } = notesApi({
    fields: Object.fromEntries(fields.map(([name, [code, answer]]) => [name, [code, answer]])),
  })
  const own = fields.map(([name]) => name)
  const kept = resolvers.filter(({ typeName, fieldName }) =>
    own.includes(`${typeName}.${fieldName}`),
  )
  return { ...notesApi(), name: 'Bookings', schema, resolvers: kept }
}

export function schemaOf(sdl: string): GraphQLSchema {
  return buildASTSchema(concatAST([parse(sdl), parse(AWS_DECLARATIONS)]))
}

function exampleOf(type: GraphQLOutputType): unknown {
  if (isNonNullType(type)) return exampleOf(type.ofType)
  if (isListType(type)) return [exampleOf(type.ofType)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (isObjectType(type)) {
    const fields = Object.values(type.getFields())
    return Object.fromEntries(fields.map((field) => [field.name, exampleOf(field.type)]))
  }
  return { Int: 1, Boolean: true, AWSDateTime: '2026-11-23T21:54:19Z' }[type.name] ?? 'text'
}
