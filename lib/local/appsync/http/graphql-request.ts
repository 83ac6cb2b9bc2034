import { isObject, parsedJson, type UnknownObject } from '../../json.ts'
import { malformed } from './request-error.ts'

/**
 * A client's GraphQL request: the body or the URL over HTTP, or the `data` of a start message in
 * real time.
 */
export interface GraphqlRequest {
  readonly query: string
  readonly operationName?: string
  readonly variables: UnknownObject
}

/**
 * Parses a GraphQL request. https://github.com/graphql/graphql-over-http/issues/81 shows AppSync's
 * own answers.
 * @throws RequestError 400
 */
export function graphqlRequest(text: string): GraphqlRequest {
  if (text === '') throw malformed('Request body is empty.')
  return requestOf(parsedJson(text))
}

/**
 * Reads the GraphQL request in the parameters of a URL: `query`, `operationName` and `variables`,
 * which is JSON.
 * @throws RequestError 400
 */
export function graphqlRequestOf(parameters: URLSearchParams): GraphqlRequest {
  const variables = parameters.get('variables')
  return requestOf({
    query: parameters.get('query'),
    operationName: parameters.get('operationName'),
    variables: variables ? (parsedJson(variables) ?? variables) : null,
  })
}

function requestOf(body: unknown): GraphqlRequest {
  if (!isObject(body) || typeof body.query !== 'string' || body.query.trim() === '') {
    throw malformed('Unable to parse GraphQL query.')
  }
  const { query, operationName, variables } = body
  if ((variables ?? null) !== null && !isObject(variables)) {
    throw malformed('Unable to parse GraphQL query: variables must be an object.')
  }
  return {
    query,
    ...(typeof operationName === 'string' && operationName !== '' && { operationName }),
    variables: isObject(variables) ? variables : {},
  }
}
