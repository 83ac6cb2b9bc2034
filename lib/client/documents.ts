import type { GraphQLRequest } from './transport.ts'

/** The schema's field names for a resource, and the requests for them. */
export interface Documents {
  /** The field of Subscription for events. */
  readonly onEvent: string
  /** The field of Query for events. */
  readonly events: string
  /** The field of Query for the resource. */
  readonly resource: string
  /** Subscribes to the events of one resource; without an id, to the events of all resources. */
  subscription(id?: string): GraphQLRequest
  page(id: string, after: number, limit: number): GraphQLRequest
  state(id: string, fields: readonly string[]): GraphQLRequest
}

const OF_EVENTS = ['id', 'number', 'type', 'created']
const OF_RESOURCES = ['id', 'version']

/**
 * Returns the documents for a type of resource.
 * @param name the name of the resource's type: `Product`
 * @param fields the fields of its events, beside the fields that every event has
 */
export function documentsOf(name: string, fields: readonly string[]): Documents {
  const resource = `${name.charAt(0).toLowerCase()}${name.slice(1)}`
  const events = `${resource}Events`
  const onEvent = `on${name}Event`
  const selection = selected(OF_EVENTS, fields)
  const message = selected(OF_EVENTS, [...fields, 'truncated'])
  return {
    onEvent,
    events,
    resource,
    // An id of null differs from an absent id: null matches no event.
    subscription: (id) =>
      id === undefined
        ? { query: `subscription { ${onEvent} { ${message} } }`, variables: {} }
        : {
            query: `subscription ($id: ID) { ${onEvent}(id: $id) { ${message} } }`,
            variables: { id },
          },
    page: (id, after, limit) => ({
      query: `query ($id: ID!, $after: Int, $limit: Int) {
  ${events}(id: $id, after: $after, limit: $limit) { ${selection} }
}`,
      variables: { id, after, limit },
    }),
    state: (id, wanted) => ({
      query: `query ($id: ID!) { ${resource}(id: $id) { ${selected(OF_RESOURCES, wanted)} } }`,
      variables: { id },
    }),
  }
}

function selected(always: readonly string[], fields: readonly string[]): string {
  return [...new Set([...always, ...fields])].join(' ')
}
