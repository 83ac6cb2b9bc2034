import type { ApiFailure } from './api/api.ts'
import { type Input, MUTATIONS, type Mutation } from './api/resources.ts'
import { expectEqual, expectThat } from './expectations.ts'
import type { Given } from './promise.ts'

/**
 * Sends a command that has to be refused.
 * @throws Broken unless the error has this type and these values in its `errorInfo`
 */
export async function expectRefusal(
  { api }: Pick<Given, 'api'>,
  mutation: Mutation,
  input: Input,
  errorType: string,
  info: Readonly<Record<string, unknown>>,
): Promise<void> {
  const error = await api.refusal(MUTATIONS[mutation], { input })
  expectFailure(mutation, error, errorType, info)
}

/** @throws Broken unless the error has this type and these values, and a trace id */
export function expectFailure(
  about: string,
  { errorType, errorInfo, message }: ApiFailure,
  expected: string,
  info: Readonly<Record<string, unknown>>,
): void {
  expectEqual(`the errorType of ${about} (${message})`, errorType, expected)
  const seen = Object.fromEntries(Object.keys(info).map((name) => [name, errorInfo?.[name]]))
  expectEqual(`the errorInfo of ${expected}`, seen, info)
  const { traceId } = errorInfo ?? {}
  const isTraced = typeof traceId === 'string' && traceId.startsWith('1-')
  expectThat(`the errorInfo of ${expected} must have a trace id`, isTraced, errorInfo)
}
