import type { GraphQLField, GraphQLObjectType, GraphQLSchema } from 'graphql'
import type { Principal } from '../../access/iam.ts'
import type { ApiDefinition } from '../api-definition.ts'
import { unauthorizedField } from '../execution/resolver-error.ts'
import { isRootType } from '../schema/schema.ts'
import type { Caller } from './caller.ts'

const DIRECTIVE_MODES: Readonly<Record<string, string>> = {
  aws_api_key: 'API_KEY',
  aws_iam: 'AWS_IAM',
  aws_oidc: 'OPENID_CONNECT',
  aws_lambda: 'AWS_LAMBDA',
  aws_cognito_user_pools: 'AMAZON_COGNITO_USER_POOLS',
}

/**
 * Authorizes the read of a field. The field's own directives decide which modes may read it. If it
 * has none, the directives of its type decide. If neither has any, only the default mode may read
 * it.
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
 * @throws ResolverError of type Unauthorized
 */
export function authorizeField(
  { api }: { api: ApiDefinition },
  caller: Caller,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): void {
  const modes = directiveModes(type, field) ?? api.authModes.slice(0, 1)
  if (!modes.includes(caller.mode)) throw unauthorizedField(type.name, field.name)
}

/**
 * Authorizes the call of a field by policies: those of a signed caller must allow the fields of
 * Query, Mutation and Subscription by name. Returns undefined for a field without policies.
 */
export function authorizeByPolicy(
  { api, schema }: { api: ApiDefinition; schema: GraphQLSchema },
  caller: Caller,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): Promise<void> | undefined {
  if (caller.mode === 'API_KEY' || !isRootType(schema, type)) return undefined
  return authorizeSigned(caller.principal, api, type, field)
}

/** @throws ResolverError of type Unauthorized */
async function authorizeSigned(
  principal: Principal,
  { arn }: ApiDefinition,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): Promise<void> {
  const resource = `${arn}/types/${type.name}/fields/${field.name}`
  if (!(await principal.allows('appsync:GraphQL', resource)))
    throw unauthorizedField(type.name, field.name)
}

/** A cache by field: the parent of a field always has the same type. */
const known = new WeakMap<GraphQLField<unknown, unknown>, readonly string[] | undefined>()

/** Returns the modes that directives allow; undefined without directives. */
function directiveModes(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): readonly string[] | undefined {
  if (known.has(field)) return known.get(field)
  const own = modes(field.astNode?.directives)
  const inherited = [type.astNode, ...type.extensionASTNodes].flatMap((node) =>
    modes(node?.directives),
  )
  const allowed = [own, inherited].find(({ length }) => length > 0)
  known.set(field, allowed)
  return allowed
}

function modes(directives: readonly { name: { value: string } }[] | undefined): string[] {
  return (directives ?? []).flatMap(({ name }) => DIRECTIVE_MODES[name.value] ?? [])
}
