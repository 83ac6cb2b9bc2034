import {
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  getNullableType,
  isCompositeType,
  isListType,
  responsePathAsArray,
} from 'graphql'
import { isObject } from '../../json.ts'
import { authorizeByPolicy, authorizeField } from '../access/field-authorization.ts'
import { authTypeOf, identityOf } from '../access/identity.ts'
import type { Api } from '../api.ts'
import type { OperationContext } from './operation-context.ts'
import { ResolverError } from './resolver-error.ts'
import { selectedOf, selectionOf } from './selection.ts'
import type { Origin, Resolution, ResolverContext, UnitResolver } from './unit-resolver.ts'
import { fieldArguments } from './variables.ts'

/** AppSync's own limit. Applies if the API sets no limit. */
const RESOLVERS_A_REQUEST = 10_000

/**
 * Resolves each field of an answer as AppSync does: with its resolver, or from its parent's value.
 */
export function fieldResolver(api: Api): GraphQLFieldResolver<unknown, OperationContext> {
  return (source, args, context, info) => {
    authorize(api, context, info)
    const field = info.parentType.getFields()[info.fieldName]
    const byPolicy = field && authorizeByPolicy(api, context.caller, info.parentType, field)
    const work = () => {
      checkDepth(api, info)
      const resolver = api.resolvers.get(`${info.parentType.name}.${info.fieldName}`)
      if (!resolver) return propertyOf(source, info)
      countResolver(api, context)
      return resolved(resolver, source, args, context, info)
    }
    return byPolicy ? byPolicy.then(work) : work()
  }
}

/**
 * Resolves a subscriber's fields from the value that a mutation published. No resolver runs for
 * them. The caller's policies were checked when the subscription started.
 */
export function deliveryResolver(
  api: Api,
): GraphQLFieldResolver<unknown, Pick<OperationContext, 'caller'>> {
  return (source, _args, context, info) => {
    authorize(api, context, info)
    return propertyOf(source, info)
  }
}

/** Runs the resolver of a subscription field, if it has one, at the time of subscribing. */
export async function resolveSubscription(
  api: Api,
  context: OperationContext,
  args: Readonly<Record<string, unknown>>,
  info: ResolverInfo,
): Promise<Resolution | undefined> {
  const resolver = api.resolvers.get(`${info.parentType.name}.${info.fieldName}`)
  return resolver?.resolve(resolverContext(context, null, args, info), originOf(context))
}

async function resolved(
  resolver: UnitResolver,
  source: unknown,
  args: Readonly<Record<string, unknown>>,
  context: OperationContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  try {
    const { value, errors } = await resolver.resolve(
      resolverContext(context, source, args, info),
      originOf(context),
    )
    for (const error of errors) {
      const place = { nodes: info.fieldNodes, path: responsePathAsArray(info.path) }
      const originalError = selected(error, info)
      context.appended.push(new GraphQLError(error.message, { ...place, originalError }))
    }
    return checkShape(value, info)
  } catch (error) {
    throw error instanceof ResolverError ? selected(error, info) : error
  }
}

function originOf({ caller, trace }: OperationContext): Origin {
  return { authType: authTypeOf(caller), traceHeader: trace.functionHeader }
}

function authorize(
  api: Api,
  { caller }: Pick<OperationContext, 'caller'>,
  { parentType, fieldName }: GraphQLResolveInfo,
): void {
  const field = parentType.getFields()[fieldName]
  if (field) authorizeField(api, caller, parentType, field)
}

type ResolverInfo = Pick<
  GraphQLResolveInfo,
  'fieldName' | 'parentType' | 'fieldNodes' | 'fragments' | 'variableValues'
>

function resolverContext(
  { caller, headers, sourceIp, trace }: OperationContext,
  source: unknown,
  args: Readonly<Record<string, unknown>>,
  info: ResolverInfo,
): ResolverContext {
  const { fieldNodes, fragments, fieldName, parentType, variableValues } = info
  const parts = {
    fieldName,
    parentTypeName: parentType.name,
    variables: variableValues,
    ...selectionOf(fieldNodes, fragments),
  }
  return {
    arguments: fieldArguments(args, info),
    identity: identityOf(caller, sourceIp),
    source: source ?? null,
    request: {
      headers: { ...headers, 'x-amzn-trace-id': trace.requestHeader },
      domainName: null,
    },
    info: parts,
  }
}

function propertyOf(source: unknown, info: GraphQLResolveInfo): unknown {
  const value = isObject(source) ? source[info.fieldName] : undefined
  return checkShape(value, info)
}

/** Checks the query depth. Levels count from the operation's fields down to the scalars. */
function checkDepth({ api }: Api, { path }: GraphQLResolveInfo): void {
  if (api.queryDepthLimit === 0) return
  let depth = 0
  for (let at: typeof path | undefined = path; at; at = at.prev) {
    if (typeof at.key === 'string') depth += 1
  }
  if (depth > api.queryDepthLimit) {
    throw new ResolverError('Query depth limit exceeded.', 'QueryDepthLimitReached')
  }
}

function countResolver({ api }: Api, context: OperationContext): void {
  context.resolverCount += 1
  if (context.resolverCount > (api.resolverCountLimit || RESOLVERS_A_REQUEST)) {
    throw new ResolverError('Resolver invocation limit reached.', 'ResolverExecutionLimitReached')
  }
}

/**
 * Checks that the value of an object field is an object, and of a list field a list. Without the
 * check, graphql-js returns null for the fields of a string.
 */
function checkShape(value: unknown, { returnType, path }: GraphQLResolveInfo): unknown {
  const expected = getNullableType(returnType)
  if (value === undefined || value === null) return null
  const wanted = isListType(expected) ? 'LIST' : isCompositeType(expected) ? 'OBJECT' : undefined
  const fits = wanted === 'LIST' ? Array.isArray(value) : isObject(value)
  if (wanted && !fits) {
    throw new ResolverError(
      `Can't resolve value (/${responsePathAsArray(path).join('/')}) : type mismatch error, expected type ${wanted}`,
    )
  }
  return value
}

function selected(error: ResolverError, { fieldNodes, fragments }: GraphQLResolveInfo) {
  const data = selectedOf(error.data, fieldNodes, fragments)
  return new ResolverError(error.message, error.errorType, data, error.errorInfo)
}
