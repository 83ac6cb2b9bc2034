import type { LocalRun } from '../../support/local-run.ts'
import type { Caller } from './callers.ts'

/** An answer over HTTP, as a caller sees it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly data: Readonly<Record<string, unknown>> | null | undefined
  readonly errors: readonly { readonly errorType?: string; readonly message: string }[]
  /** Milliseconds. */
  readonly took: number
}

/** Sends an operation as a caller. */
export async function ask(
  { outputs }: LocalRun,
  caller: Caller,
  query: string,
  variables: object = {},
): Promise<Answer> {
  const body = JSON.stringify({ query, variables })
  const authorization = await caller.headers(body)
  const start = performance.now()
  const response = await fetch(outputs.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body,
  })
  const text = await response.text()
  const took = performance.now() - start
  const { data, errors } = JSON.parse(text)
  const headers = Object.fromEntries(response.headers)
  return { status: response.status, headers, text, data, errors: errors ?? [], took }
}

/** The headers that differ from answer to answer. */
const CHANGING = ['date', 'x-amzn-requestid', 'x-amzn-trace-id']

/**
 * Returns an answer without its trace, its date and the given ids: the rest tells a caller something.
 */
export function telling({ status, headers, text }: Answer, ids: readonly string[]): object {
  const told = Object.entries(headers).filter(([name]) => !CHANGING.includes(name))
  return { status, headers: Object.fromEntries(told), text: withoutIds(text, ids) }
}

/** Returns a text without its trace ids and the given ids, in any letter case. */
export function withoutIds(text: string, ids: readonly string[]): string {
  return ids.reduce(
    (left, id) => left.replaceAll(new RegExp(id, 'gi'), 'ID'),
    text.replaceAll(/"traceId":"[^"]*"/g, '"traceId":"TRACE"'),
  )
}
