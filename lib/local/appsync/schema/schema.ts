import {
  buildASTSchema,
  concatAST,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  parse,
  Source,
  validateSchema,
} from 'graphql'
import type { ApiDefinition } from '../api-definition.ts'
import { AWS_DECLARATIONS, giveRules } from './scalars.ts'

/**
 * Returns the schema as AppSync accepts it, with AppSync's own scalars and directives and no
 * others.
 * @throws Error that names the API and the part that AppSync would reject
 */
export function apiSchema(api: ApiDefinition): GraphQLSchema {
  try {
    const sdl = parse(new Source(api.schema, 'schema.graphql'))
    for (const definition of sdl.definitions) {
      if (definition.kind === Kind.SCALAR_TYPE_DEFINITION) {
        throw new GraphQLError(
          `the scalar ${definition.name.value} is not allowed: use the scalars of AppSync`,
          { nodes: definition },
        )
      }
    }
    const schema = buildASTSchema(concatAST([sdl, parse(AWS_DECLARATIONS)]))
    const [error] = validateSchema(schema)
    if (error) throw error
    for (const type of Object.values(schema.getTypeMap())) {
      if (isScalarType(type) && !isSpecifiedScalarType(type)) giveRules(type)
    }
    checkSubscriptions(schema)
    checkGroups(api, schema)
    checkResolvers(api, schema)
    return schema
  } catch (cause) {
    const reason = cause instanceof Error ? cause.toString() : String(cause)
    throw new Error(`The schema of the API ${api.name} cannot be served: ${reason}`, { cause })
  }
}

/** Returns the mutations that feed a subscription field: its `@aws_subscribe(mutations: […])`. */
export function feedingMutations(field: GraphQLField<unknown, unknown>): readonly string[] {
  const directive = field.astNode?.directives?.find(({ name }) => name.value === 'aws_subscribe')
  const mutations = directive?.arguments?.find(({ name }) => name.value === 'mutations')?.value
  if (mutations?.kind !== Kind.LIST) return []
  return mutations.values.flatMap((value) => (value.kind === Kind.STRING ? [value.value] : []))
}

/** Whether the type is Query, Mutation or Subscription. */
export function isRootType(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(
    type,
  )
}

/** Checks that each subscription has the type of its mutations, as AppSync requires. */
function checkSubscriptions(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    for (const name of feedingMutations(field)) {
      const mutation = schema.getMutationType()?.getFields()[name]
      if (!mutation) {
        throw new GraphQLError(
          `the mutation ${name} of Subscription.${field.name} does not exist: add it to Mutation`,
        )
      }
      const [own, other] = [`${field.type}`, `${mutation.type}`].map((type) =>
        type.replace(/!$/, ''),
      )
      if (own !== other) {
        throw new GraphQLError(
          `Subscription.${field.name} must have the type of its mutation ${name}, ${other}; got ${own}`,
        )
      }
    }
  }
}

/**
 * Checks that `@aws_auth` is used only if a user pool is the only mode, as AppSync documents it.
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes
 */
function checkGroups({ authProviders }: ApiDefinition, schema: GraphQLSchema): void {
  const [first, another] = authProviders
  if (first?.mode === 'AMAZON_COGNITO_USER_POOLS' && !another) return
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      if (field.astNode?.directives?.some(({ name }) => name.value === 'aws_auth')) {
        throw new GraphQLError(
          `@aws_auth of ${type.name}.${field.name} needs a user pool as the only mode of the API: use @aws_cognito_user_pools(cognito_groups: [...])`,
          { nodes: field.astNode },
        )
      }
    }
  }
}

function checkResolvers(api: ApiDefinition, schema: GraphQLSchema): void {
  for (const { logicalId, typeName, fieldName } of api.resolvers) {
    const type = schema.getType(typeName)
    if (!isObjectType(type) || !type.getFields()[fieldName]) {
      throw new GraphQLError(
        `the field ${typeName}.${fieldName} of the resolver ${logicalId} does not exist`,
      )
    }
  }
}
