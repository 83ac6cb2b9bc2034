/** The folders of lib that are not domains. */
const FRAMEWORK = [
  'acceptance',
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
 * Returns the errors in the names of a domain and a resource, one sentence each.
 * @param schema the text of schema.graphql
 */
export function nameErrors(domain: string, resource: string, schema: string): string[] {
  const types = new Set(
    [...schema.matchAll(/^(?:type|input|enum) (\w+)/gm)].map(([, name]) => name),
  )
  const errors: string[] = []
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(domain)) {
    errors.push(
      `A domain's name must be a lowercase folder name like shipping or order-entry; got ${domain}`,
    )
  } else if (FRAMEWORK.includes(domain)) {
    errors.push(`lib/${domain} belongs to the framework: choose another name for the domain`)
  }
  if (!/^[A-Z][A-Za-z0-9]*$/.test(resource)) {
    errors.push(
      `A resource's name must be a class name of letters and digits like Parcel; got ${resource}`,
    )
  } else if (GRAPHQL.includes(resource) || resource.startsWith('AWS')) {
    errors.push(`${resource} is a name of GraphQL or AppSync: choose another name for the resource`)
  } else if (ADDED.test(resource)) {
    errors.push(
      `${resource} ends with a suffix of the framework (ParcelEvent, ParcelPage, ParcelInput): choose another name`,
    )
  } else if (types.has(resource) || types.has(`${resource}Event`)) {
    errors.push(`schema.graphql already has a type ${resource}: choose another name`)
  }
  return errors
}
