import { request } from 'node:http'
import type { AppSyncServer } from '../../../../lib/local/appsync/index.ts'
import { signedHeaders } from './client.ts'
import type { Dice } from './dice.ts'
import { API_KEY } from './notes.ts'
import type { OddDocuments } from './odd-documents.ts'

/** An HTTP request that may be wrong anywhere. */
export interface OddRequest {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string | Buffer
}

export interface OddAnswer {
  readonly status: number
  readonly text: string
}

const HEADERS: readonly Record<string, string>[] = [
  { 'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678;Parent=x;Sampled=0' },
  { 'x-amzn-trace-id': 'Root=\u00e4\u00ff=;;=Sampled' },
  { 'x-amzn-trace-id': 'Root=' },
  { 'content-type': 'text/plain; charset=x' },
  { 'content-encoding': 'gzip' },
  { accept: 'nothing/*' },
  { origin: 'null' },
  { cookie: '\u00fc=1; a=b' },
  { 'x-api-key': '' },
  { 'x-api-key': 'da2-\u00ff' },
  { authorization: 'Bearer x' },
  { authorization: 'AWS4-HMAC-SHA256 ' },
  { authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host;x, Signature=1' },
  {
    authorization:
      'AWS4-HMAC-SHA256 Credential=__proto__/20261123/eu-central-1/appsync/aws4_request, SignedHeaders=host;;__proto__, Signature=\u00ff',
    'x-amz-date': '20261123T000000Z',
  },
  { 'x-amz-date': '99999999T999999Z' },
]
const BODIES: readonly (string | Buffer)[] = [
  '',
  'meow',
  '[]',
  'null',
  '1',
  '"query"',
  '{"query":',
  '{"query":"{ __typename }","query":1}',
  '[{"query":"{ __typename }"}]',
  '﻿{"query":"{ __typename }"}',
  '{"__proto__":{"query":"{ __typename }"}}',
  '['.repeat(50_000),
  `{"query":"{ __typename }","variables":{"v":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
  Buffer.from([0xff, 0xfe, 0x00, 0x7b]),
]

/** Returns one request of the corpus. */
export async function oddRequest(
  server: AppSyncServer,
  documents: OddDocuments,
  dice: Dice,
): Promise<OddRequest> {
  const operation = dice.chance(0.03) ? { query: documents.bomb() } : documents.operation()
  const method = dice.chance(0.2)
    ? 'GET'
    : dice.chance(0.02)
      ? dice.one(['PUT', 'HEAD', 'DELETE', 'PATCH'])
      : 'POST'
  const path = method === 'GET' ? `/graphql?${parametersOf(operation, dice)}` : '/graphql'
  const body =
    method === 'GET' ? '' : dice.chance(0.08) ? dice.one(BODIES) : JSON.stringify(operation)
  const odd = dice.chance(0.25) ? dice.one(HEADERS) : {}
  const url = new URL(path, server.graphqlUrl)
  const isSigned = dice.chance(0.25) && typeof body === 'string'
  const own: Record<string, string> = isSigned
    ? await signedHeaders(url.href, body, { method: method === 'GET' ? 'GET' : 'POST' })
    : { 'x-api-key': API_KEY }
  return {
    method,
    path: `${url.pathname}${url.search}`.slice(0, 12_000),
    headers: { ...own, ...odd },
    body,
  }
}

function parametersOf(operation: object, dice: Dice): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(operation)) {
    parameters.append(name, typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
    if (dice.chance(0.02)) parameters.append(name, '%')
  }
  return dice.chance(0.03) ? `%ff&=&query&${parameters}` : String(parameters)
}

/** Sends a request as it is: `fetch` would correct some of its mistakes. */
export function sendRaw(server: AppSyncServer, odd: OddRequest): Promise<OddAnswer> {
  const { method, path, headers, body } = odd
  return new Promise((resolve, reject) => {
    const sent = request(
      { port: server.port, host: '127.0.0.1', method, path, headers, timeout: 20_000 },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        )
      },
    )
    sent.on('timeout', () => sent.destroy(new Error('The request hangs')))
    sent.on('error', reject)
    sent.end(body)
  })
}
