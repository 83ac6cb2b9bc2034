/** The folders of lib that are not domains. */
const FRAMEWORK = [
  'appsync',
  'bundles',
  'client',
  'event-sourcing',
  'generated',
  'infrastructure',
  'local',
  'operations',
  'schema',
]
const GRAPHQL = ['Query', 'Mutation', 'Subscription', 'ID', 'String', 'Int', 'Float', 'Boolean']
/** The suffixes that the framework adds to a resource's name. */
const ADDED = /(Event|Page|Input)$/

/**
 * Returns the reasons why a domain or a resource cannot have these names, a sentence each.
 * @param schema the text of schema.graphql
 */
export function nameErrors(domain: string, resource: string, schema: string): string[] {
  const types = new Set(
    [...schema.matchAll(/^(?:type|input|enum) (\w+)/gm)].map(([, name]) => name),
  )
  const errors: string[] = []
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(domain)) {
    errors.push(
      `The name of a domain is a folder's, in small letters, like shipping or order-entry; got ${domain}`,
    )
  } else if (FRAMEWORK.includes(domain)) {
    errors.push(`lib/${domain} belongs to the framework: choose another name for the domain`)
  }
  if (!/^[A-Z][A-Za-z0-9]*$/.test(resource)) {
    errors.push(
      `The name of a resource is a class's, in letters and digits, like Parcel; got ${resource}`,
    )
  } else if (GRAPHQL.includes(resource) || resource.startsWith('AWS')) {
    errors.push(`${resource} is a name of GraphQL or AppSync: choose another one for the resource`)
  } else if (ADDED.test(resource)) {
    errors.push(
      `${resource} ends like a name that the framework makes (ParcelEvent, ParcelPage, ParcelInput): choose another one`,
    )
  } else if (types.has(resource) || types.has(`${resource}Event`)) {
    errors.push(`schema.graphql has a type ${resource} already: choose another name`)
  }
  return errors
}
