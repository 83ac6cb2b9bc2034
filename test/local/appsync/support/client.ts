import { Sha256 } from '@smithy/core/checksum'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Principal } from '../../../../lib/local/access/iam.ts'
import type { AppSyncServer } from '../../../../lib/local/appsync/index.ts'
import { API_KEY, PUBLISHER } from './notes.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly data: Record<string, unknown> | null | undefined
  readonly errors: readonly Record<string, unknown>[] | undefined
}

interface Operation {
  readonly query?: unknown
  readonly variables?: unknown
  readonly operationName?: string
}

/** Sends an operation with the API key. */
export function ask(
  { graphqlUrl }: AppSyncServer,
  operation: string | Operation,
  headers: Record<string, string> = { 'x-api-key': API_KEY },
): Promise<Answer> {
  const body = typeof operation === 'string' ? { query: operation } : operation
  return send(graphqlUrl, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Sends a signed query. `change` changes the headers after signing. */
export async function askSigned(
  { graphqlUrl }: AppSyncServer,
  query: string,
  signing: SigningOptions = {},
  change: (headers: Record<string, string>) => Record<string, string> = (headers) => headers,
): Promise<Answer> {
  const body = JSON.stringify({ query })
  const headers = await signedHeaders(graphqlUrl, body, signing)
  return send(graphqlUrl, { method: 'POST', headers: change(headers), body })
}

/** Sends an operation in the URL, with the API key, or with other headers. */
export function get(
  { graphqlUrl }: AppSyncServer,
  parameters: Readonly<Record<string, string>>,
  headers: Record<string, string> = { 'x-api-key': API_KEY },
): Promise<Answer> {
  return send(`${graphqlUrl}?${new URLSearchParams(parameters)}`, { headers })
}

export interface SigningOptions {
  /** Default: `POST`. */
  readonly method?: 'GET' | 'POST'
  readonly principal?: Principal
  readonly region?: string
  readonly service?: string
  readonly date?: Date
}

export async function signedHeaders(
  url: string,
  body: string,
  options: SigningOptions = {},
): Promise<Record<string, string>> {
  const { host, hostname, pathname, searchParams } = new URL(url)
  const { accessKeyId, secretAccessKey, sessionToken } = options.principal ?? PUBLISHER
  const signer = new SignatureV4({
    service: options.service ?? 'appsync',
    region: options.region ?? 'eu-central-1',
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    sha256: Sha256,
  })
  const { headers } = await signer.sign(
    {
      method: options.method ?? 'POST',
      protocol: 'http:',
      hostname,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { host, 'content-type': 'application/json' },
      body,
    },
    options.date ? { signingDate: options.date } : {},
  )
  return headers
}

export async function send(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init)
  const text = await response.text()
  const { data, errors } = text === '' ? {} : JSON.parse(text)
  return { status: response.status, headers: response.headers, data, errors }
}
