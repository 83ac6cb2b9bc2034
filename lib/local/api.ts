import { readFile } from 'node:fs/promises'
import type { Roles } from './access/roles.ts'
import type {
  ApiDefinition,
  ApiKey,
  DataSource,
  ResolverDefinition,
} from './appsync/api-definition.ts'
import type { Assembly } from './assembly.ts'
import { invokedBy } from './invocations/index.ts'
import type { Functions } from './lambda/index.ts'
import { type Properties, type Resource, type Template, TemplateError } from './template/index.ts'
import { type AuthSource, authProvidersOf } from './users/auth-providers.ts'

/** AppSync's default lifetime of a key, in seconds. Applies if the template sets no expiry. */
const KEY_LIFETIME = 7 * 24 * 60 * 60

export interface ApiSource extends AuthSource {
  readonly template: Template
  readonly assembly: Assembly
  /** Secrets by the logical ids of the API keys. */
  readonly apiKeys: ReadonlyMap<string, string>
  /** Whether a debugger may pause a request without a time limit. */
  readonly inspect: boolean
}

/** Returns the definition of the only GraphQL API of a template. */
export async function apiDefinition(source: ApiSource): Promise<ApiDefinition> {
  const { template, region, inspect } = source
  const [api, another] = template.resources('AWS::AppSync::GraphQLApi')
  if (!api) throw new Error('The template has no AWS::AppSync::GraphQLApi: add an API to the stack')
  if (another)
    throw new TemplateError(
      another,
      `a second API beside ${api.logicalId} is not supported locally: remove one of them`,
    )
  const properties = api.properties()
  const apiType = properties.optionalText('ApiType')
  if (apiType !== undefined && apiType !== 'GRAPHQL')
    properties.fail('ApiType', `${apiType} is not supported locally: use GRAPHQL`)
  return {
    apiId: api.attribute('ApiId'),
    arn: api.attribute('Arn'),
    name: properties.text('Name'),
    region,
    schema: await schemaOf(source, api),
    authProviders: authProvidersOf(api, source),
    apiKeys: template.resources('AWS::AppSync::ApiKey').map((key) => apiKey(key, source)),
    resolvers: await Promise.all(
      template.resources('AWS::AppSync::Resolver').map((resolver) => resolverOf(resolver, source)),
    ),
    queryDepthLimit: properties.number('QueryDepthLimit', 0),
    resolverCountLimit: properties.number('ResolverCountLimit', 0),
    introspection: properties.optionalText('IntrospectionConfig') !== 'DISABLED',
    xray: properties.flag('XrayEnabled'),
    logsFailures: logsFailures(properties.object('LogConfig')),
    ...(inspect && { unlimitedTime: true }),
  }
}

/** Only the level NONE leaves out the errors of fields. */
function logsFailures(config: Properties): boolean {
  return (config.optionalText('FieldLogLevel') ?? 'NONE') !== 'NONE'
}

function apiKey({ logicalId, properties }: Resource, { apiKeys }: ApiSource): ApiKey {
  const inAWeek = Math.floor(Date.now() / 1000) + KEY_LIFETIME
  return {
    key: apiKeys.get(logicalId) ?? '',
    expires: properties().number('Expires', inAWeek),
  }
}

async function schemaOf({ template, assembly }: ApiSource, api: Resource): Promise<string> {
  const [schema] = template.resources('AWS::AppSync::GraphQLSchema')
  if (!schema)
    throw new TemplateError(api, 'it has no AWS::AppSync::GraphQLSchema: add one to the template')
  return sourceText(schema.properties(), 'Definition', 'DefinitionS3Location', assembly)
}

async function resolverOf(
  { logicalId, properties }: Resource,
  { template, assembly, functions, roles }: ApiSource,
): Promise<ResolverDefinition> {
  const resolver = properties()
  const kind = resolver.optionalText('Kind') ?? 'UNIT'
  if (kind !== 'UNIT')
    resolver.fail('Kind', `${kind} resolvers are not supported locally: use UNIT`)
  const runtime = resolver.object('Runtime')
  const runtimeName = runtime.text('Name')
  if (runtimeName !== 'APPSYNC_JS')
    runtime.fail('Name', `${runtimeName} is not supported locally: use APPSYNC_JS`)
  if (resolver.number('MaxBatchSize', 0) > 0)
    resolver.fail('MaxBatchSize', 'batching is not supported locally: remove the property')
  const name = resolver.text('DataSourceName')
  const dataSource =
    template.resources('AWS::AppSync::DataSource').find((candidate) => candidate.name === name) ??
    resolver.fail('DataSourceName', `the template has no data source ${name}`)
  return {
    logicalId,
    typeName: resolver.text('TypeName'),
    fieldName: resolver.text('FieldName'),
    code: await sourceText(resolver, 'Code', 'CodeS3Location', assembly),
    dataSource: dataSourceOf(dataSource, functions, roles),
  }
}

/** The name under which AppSync assumes the role of a data source. */
const APPSYNC_SESSION = 'APPSYNC_ASSUME_ROLE'

function dataSourceOf(
  { name, properties }: Resource,
  functions: Functions,
  roles: Roles,
): DataSource {
  const dataSource = properties()
  const type = dataSource.text('Type')
  if (type === 'NONE') return { type, name }
  if (type !== 'AWS_LAMBDA')
    return dataSource.fail('Type', `${type} is not supported locally: use AWS_LAMBDA or NONE`)
  const config = dataSource.object('LambdaConfig')
  const arn = config.text('LambdaFunctionArn')
  const target =
    functions.find(arn) ?? config.fail('LambdaFunctionArn', `the template has no function ${arn}`)
  const roleArn = dataSource.text('ServiceRoleArn')
  const role =
    roles.ofRole(roleArn, { name: APPSYNC_SESSION }) ??
    dataSource.fail('ServiceRoleArn', `the template has no role ${roleArn}`)
  return { type, name, function: invokedBy(role, target) }
}

/**
 * Returns a text from the template, or from an asset that the template names: `s3://bucket/key`.
 */
async function sourceText(
  owner: Properties,
  inline: string,
  location: string,
  assembly: Assembly,
): Promise<string> {
  const text = owner.optionalText(inline)
  if (text !== undefined) return text
  const key = owner.text(location).split('/').at(-1) ?? ''
  const file = assembly.asset(key)
  if (!file) return owner.fail(location, `the cloud assembly has no asset ${key}`)
  return readFile(file, 'utf8')
}
