import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { isObject, parsedJson, type UnknownObject } from '../../../json.ts'
import type { InvocationResult } from '../../../lambda/local-function.ts'
import type { ApiDefinition } from '../../api-definition.ts'
import type { LambdaAuthorizer } from '../../auth-provider.ts'
import { unauthorized } from '../../http/request-error.ts'
import { withinTime } from '../../within-time.ts'
import type { SignedContent } from '../signature.ts'

/** The permission that a function has given for a token. */
export interface Authorization {
  readonly resolverContext: UnknownObject
  /** ARNs of fields, and fields in the form `Type.field`. */
  readonly deniedFields: readonly string[]
}

/** Milliseconds that AppSync waits for the function. */
const TIMEOUT = 10_000
/** The most cached results. */
const CACHED = 1000

interface Result extends Authorization {
  readonly isAuthorized: boolean
}

/**
 * The results of the Lambda authorizer, by token. A new version of the API begins without results.
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization
 */
export class LambdaAuthorizations {
  readonly #report: (problem: string) => void
  readonly #results = new WeakMap<LambdaAuthorizer, LRUCache<string, Result>>()

  /** @param report receives the failure of a function. It never contains a token. */
  constructor(report: (problem: string) => void) {
    this.#report = report
  }

  /**
   * Asks the function about the token of a request, or reads the cached result.
   * @throws RequestError 401
   */
  async of(
    api: ApiDefinition,
    authorizer: LambdaAuthorizer,
    token: string,
    content: SignedContent,
  ): Promise<Authorization> {
    const { tokenPattern } = authorizer
    if (tokenPattern !== undefined && !new RegExp(`^(?:${tokenPattern})$`).test(token))
      throw unauthorized()
    const results = this.#results.get(authorizer) ?? new LRUCache({ max: CACHED })
    this.#results.set(authorizer, results)
    const result = results.get(token) ?? (await this.#ask(api, authorizer, token, content, results))
    if (!result.isAuthorized) throw unauthorized()
    return result
  }

  async #ask(
    api: ApiDefinition,
    authorizer: LambdaAuthorizer,
    token: string,
    content: SignedContent,
    results: LRUCache<string, Result>,
  ): Promise<Result> {
    const invocation = authorizer.function.invoke(eventOf(api, token, content))
    const outcome = await (api.unlimitedTime ? invocation : withinTime(invocation, TIMEOUT))
    const answer = outcome?.status === 'ok' ? outcome.payload : undefined
    const result = resultOf(answer)
    if (!result || !isObject(answer)) {
      this.#report(problemOf(outcome))
      throw unauthorized()
    }
    const { ttlOverride } = answer
    const ttl = typeof ttlOverride === 'number' ? ttlOverride : authorizer.resultTtl
    if (ttl > 0) results.set(token, result, { ttl: ttl * 1000 })
    return result
  }
}

/** Returns the event that AppSync invokes the function with. A connection has no operation. */
function eventOf(
  { apiId, arn }: ApiDefinition,
  authorizationToken: string,
  { method, body, query, headers }: SignedContent,
): object {
  const given = method === 'GET' ? query : parsedJson(body)
  const operation = isObject(given) ? given : {}
  const { variables } = operation
  const parsed = typeof variables === 'string' ? parsedJson(variables) : variables
  return {
    authorizationToken,
    requestContext: {
      apiId,
      accountId: arn.split(':')[4] ?? '',
      requestId: randomUUID(),
      queryString: typeof operation.query === 'string' ? operation.query : '',
      ...(typeof operation.operationName === 'string' && {
        operationName: operation.operationName,
      }),
      variables: isObject(parsed) ? parsed : {},
    },
    requestHeaders: headers,
  }
}

/** Returns the result in a function's answer; undefined if the answer has another form. */
function resultOf(answer: unknown): Result | undefined {
  if (!isObject(answer) || typeof answer.isAuthorized !== 'boolean') return undefined
  const { isAuthorized, resolverContext, deniedFields } = answer
  const context = resolverContext ?? {}
  const denied = deniedFields ?? []
  if (!isObject(context) || !Array.isArray(denied)) return undefined
  // AppSync supports no nested values.
  if (Object.values(context).some((value) => typeof value === 'object' && value !== null))
    return undefined
  return { isAuthorized, resolverContext: context, deniedFields: denied.map(String) }
}

function problemOf(outcome: InvocationResult | undefined): string {
  if (!outcome) return `The Lambda authorizer did not answer within ${TIMEOUT} ms`
  if (outcome.status !== 'ok') return `The Lambda authorizer failed: ${outcome.error.errorMessage}`
  return (
    'The Lambda authorizer must return { isAuthorized: boolean, resolverContext?: an object ' +
    'without nested values, deniedFields?: a list, ttlOverride?: number }'
  )
}
