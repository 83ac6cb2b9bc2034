import { ApiError, apiError, isObject } from '../errors.ts'

/**
 * Returns the data of a GraphQL answer.
 * @throws ApiError, or the answer's own error, if the answer has errors or has no data
 */
export function dataOf<T>(answer: unknown): T {
  if (isWhole<T>(answer)) return answer.data
  const error = apiError(answer)
  if (error instanceof Error) throw error
  throw new ApiError('The API answered with neither data nor errors', {
    code: 'Unknown',
    cause: answer,
  })
}

function isWhole<T>(answer: unknown): answer is { data: T } {
  if (!isObject(answer) || !isObject(answer.data) || answer.error) return false
  return !Array.isArray(answer.errors) || answer.errors.length === 0
}
