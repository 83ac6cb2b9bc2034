import type { ConstDirectiveNode, GraphQLField, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { Kind } from 'graphql'
import type { Principal } from '../../access/iam.ts'
import type { ApiDefinition } from '../api-definition.ts'
import type { AuthMode } from '../auth-provider.ts'
import { unauthorizedField } from '../execution/resolver-error.ts'
import { isRootType } from '../schema/schema.ts'
import type { Caller } from './caller.ts'
import { groupsOf } from './identity.ts'

const DIRECTIVE_MODES: Readonly<Record<string, AuthMode>> = {
  aws_api_key: 'API_KEY',
  aws_iam: 'AWS_IAM',
  aws_oidc: 'OPENID_CONNECT',
  aws_lambda: 'AWS_LAMBDA',
  aws_cognito_user_pools: 'AMAZON_COGNITO_USER_POOLS',
  aws_auth: 'AMAZON_COGNITO_USER_POOLS',
}

/** A mode that may read a field. */
interface Admission {
  readonly mode: AuthMode
  /** The groups of a user pool, of which a user needs one. Undefined: all users. */
  readonly groups?: readonly string[]
}

/**
 * Authorizes the read of a field. The field's own directives decide which modes may read it. If it
 * has none, the directives of its type decide. If neither has any, only the default mode may read
 * it. A Lambda authorizer can deny single fields.
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
 * @throws ResolverError of type Unauthorized
 */
export function authorizeField(
  { api }: { api: ApiDefinition },
  caller: Caller,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): void {
  const admissions = directiveAdmissions(type, field) ?? byDefault(api)
  if (
    !admissions.some((admission) => admits(admission, caller)) ||
    isDenied(api, caller, type, field)
  )
    throw unauthorizedField(type.name, field.name)
}

function byDefault({ authProviders: [first] }: ApiDefinition): readonly Admission[] {
  if (!first) return []
  const isDenied = first.mode === 'AMAZON_COGNITO_USER_POOLS' && first.defaultAction === 'DENY'
  return isDenied ? [] : [{ mode: first.mode }]
}

function admits({ mode, groups }: Admission, caller: Caller): boolean {
  if (mode !== caller.mode) return false
  if (!groups || caller.mode !== 'AMAZON_COGNITO_USER_POOLS') return true
  return groupsOf(caller.claims)?.some((group) => groups.includes(group)) ?? false
}

function isDenied(
  { arn }: ApiDefinition,
  caller: Caller,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): boolean {
  if (caller.mode !== 'AWS_LAMBDA' || caller.deniedFields.length === 0) return false
  const names = [`${type.name}.${field.name}`, fieldArn(arn, type, field)]
  return caller.deniedFields.some((denied) => names.includes(denied))
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
  if (caller.mode !== 'AWS_IAM' || !isRootType(schema, type)) return undefined
  return authorizeSigned(caller.principal, api, type, field)
}

/** @throws ResolverError of type Unauthorized */
async function authorizeSigned(
  principal: Principal,
  { arn }: ApiDefinition,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): Promise<void> {
  if (!(await principal.allows('appsync:GraphQL', fieldArn(arn, type, field))))
    throw unauthorizedField(type.name, field.name)
}

function fieldArn(
  apiArn: string,
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): string {
  return `${apiArn}/types/${type.name}/fields/${field.name}`
}

/** A cache by field: the parent of a field always has the same type. */
const known = new WeakMap<GraphQLField<unknown, unknown>, readonly Admission[] | undefined>()

/** Returns the modes that directives allow; undefined without directives. */
function directiveAdmissions(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): readonly Admission[] | undefined {
  if (known.has(field)) return known.get(field)
  const own = admissionsOf(field.astNode?.directives)
  const inherited = [type.astNode, ...type.extensionASTNodes].flatMap((node) =>
    admissionsOf(node?.directives),
  )
  const allowed = [own, inherited].find(({ length }) => length > 0)
  known.set(field, allowed)
  return allowed
}

function admissionsOf(directives: readonly ConstDirectiveNode[] | undefined): Admission[] {
  return (directives ?? []).flatMap((directive) => {
    const mode = DIRECTIVE_MODES[directive.name.value]
    const groups = groupsIn(directive)
    return mode ? [{ mode, ...(groups && { groups }) }] : []
  })
}

function groupsIn(directive: ConstDirectiveNode): readonly string[] | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === 'cognito_groups')?.value
  if (value?.kind === Kind.STRING) return [value.value]
  if (value?.kind !== Kind.LIST) return undefined
  return value.values.flatMap((item) => (item.kind === Kind.STRING ? [item.value] : []))
}
