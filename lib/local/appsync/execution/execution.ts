import { type ExecutionResult, execute, OperationTypeNode } from 'graphql'
import type { Api } from '../api.ts'
import type { GraphqlRequest } from '../http/graphql-request.ts'
import { RequestError } from '../http/request-error.ts'
import { type Published, publishedBy } from '../realtime/published.ts'
import { type AppSyncError, fieldError } from './error-format.ts'
import { fieldResolver } from './field-execution.ts'
import type { OperationContext } from './operation-context.ts'
import { Refusal } from './refusal.ts'
import { variableValues } from './variables.ts'

export interface Answer {
  readonly data: unknown
  readonly errors?: readonly AppSyncError[]
}

/**
 * Executes a query or a mutation.
 * @param publish called with the result of each mutation, in order
 * @throws RequestError if the request is invalid, or if it asks for a subscription
 */
export async function executeRequest(
  api: Api,
  request: GraphqlRequest,
  context: OperationContext,
  publish: (published: Published) => void,
): Promise<Answer> {
  try {
    return await executeValid(api, request, context, publish)
  } catch (error) {
    if (error instanceof Refusal) return { data: null, errors: error.errors }
    throw error
  }
}

async function executeValid(
  api: Api,
  { query, operationName, variables }: GraphqlRequest,
  context: OperationContext,
  publish: (published: Published) => void,
): Promise<Answer> {
  const { schema } = api
  const { document, operation } = api.documents.operation(query, operationName)
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
    throw new RequestError(
      400,
      'UnsupportedOperation',
      'subscription not supported through the HTTP channel: subscribe through the realtime endpoint',
    )
  }
  variableValues(schema, operation, variables)
  const result: ExecutionResult = await execute({
    schema,
    document,
    ...(operationName && { operationName }),
    variableValues: variables,
    contextValue: context,
    fieldResolver: fieldResolver(api),
  })
  if (operation.operation === OperationTypeNode.MUTATION) {
    for (const published of publishedBy(schema, document, operation, result.data)) {
      publish(published)
    }
  }
  const errors = [...(result.errors ?? []), ...context.appended]
  return {
    data: result.data ?? null,
    ...(errors.length > 0 && { errors: errors.map((error) => fieldError(error, schema)) }),
  }
}
