import { type Signer, signedRequest } from '../../appsync/index.ts'
import type { Auth } from '../../client/index.ts'
import { Broken, shown } from '../expectations.ts'

export interface ApiFailure {
  readonly errorType?: string | null
  readonly errorInfo?: Readonly<Record<string, unknown>> | null
  readonly message: string
}

/** The answer to a request, whatever its status. */
export interface Answer {
  readonly status: number
  readonly data: Readonly<Record<string, unknown>> | null
  readonly errors: readonly ApiFailure[]
}

/** An API as one caller sees it. */
export interface Api {
  /** The credentials, for subscriptions. */
  readonly auth: Auth
  /** Returns the answer, also with errors. */
  send(query: string, variables?: object): Promise<Answer>
  /**
   * Returns the data.
   * @throws Broken if the answer has errors
   */
  ask<T>(query: string, variables?: object): Promise<T>
  /**
   * Returns the first error of a request that has to fail.
   * @throws Broken if the request succeeds
   */
  refusal(query: string, variables?: object): Promise<ApiFailure>
}

/** Returns an HTTP request with a GraphQL body and the caller's authorization. */
export type Authorize = (body: string) => Request | Promise<Request>

export function withKey(url: string, apiKey: string): { authorize: Authorize; auth: Auth } {
  return { auth: { apiKey }, authorize: (body) => unsigned(url, body, { 'x-api-key': apiKey }) }
}

export function withSignature(signer: Signer): { authorize: Authorize; auth: Auth } {
  const { credentials, region } = signer
  return {
    auth: { iam: { credentials, region } },
    authorize: (body) => signedRequest(signer, body),
  }
}

export function unsigned(url: string, body: string, headers: Record<string, string>): Request {
  return new Request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
}

/** @param signal ends requests in flight */
export function apiOf(
  { auth, authorize }: { readonly authorize: Authorize; readonly auth: Auth },
  signal: AbortSignal,
): Api {
  const send = async (query: string, variables: object = {}) =>
    answerTo(await authorize(JSON.stringify({ query, variables })), signal)
  return {
    auth,
    send,
    async ask<T>(query: string, variables?: object) {
      const { status, data, errors } = await send(query, variables)
      const [error] = errors
      if (error) throw new Broken(`${fieldOf(query)} answered ${described(error)}`)
      if (!data) throw new Broken(`${fieldOf(query)} answered HTTP status ${status} without data`)
      return unchecked<T>(data)
    },
    async refusal(query, variables) {
      const { data, errors } = await send(query, variables)
      const [error] = errors
      if (error) return error
      throw new Broken(`${fieldOf(query)}: expected an error; saw ${shown(data)}`)
    },
  }
}

/** Milliseconds for an answer. AppSync's own limit is 30 seconds. */
const LONGEST_ANSWER = 35_000

/** Sends a request. @throws Broken if the answer is not one of a GraphQL API */
export async function answerTo(request: Request, signal: AbortSignal): Promise<Answer> {
  // A signal for each request: fetch adds a listener, and a check sends many requests.
  const either = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_ANSWER)])
  const response = await fetch(request, { signal: either })
  const text = await response.text()
  const { status } = response
  try {
    const { data = null, errors = [] }: Partial<Answer> = JSON.parse(text)
    return { status, data, errors: errors ?? [] }
  } catch (cause) {
    const message = `expected an answer in JSON; saw HTTP status ${status}: ${text.slice(0, 100)}`
    throw new Broken(message, { cause })
  }
}

export function described({ errorType, message }: ApiFailure): string {
  return errorType ? `${errorType}: ${message}` : message
}

/** Returns the first field of a document. */
function fieldOf(query: string): string {
  return /\{\s*(?:\w+:\s*)?(\w+)/.exec(query)?.[1] ?? query
}

/** Sets the type of an answer: the document selects its fields. */
function unchecked<T>(data: object): T {
  return data as T
}
