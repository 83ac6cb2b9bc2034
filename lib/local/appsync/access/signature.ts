import { createHash, timingSafeEqual } from 'node:crypto'
import { Sha256 } from '@smithy/core/checksum'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Principal } from '../../access/iam.ts'
import { RequestError } from '../http/request-error.ts'

/**
 * The content that a caller has signed: an HTTP request, or a message of the real-time protocol.
 */
export interface SignedContent {
  /** Default: `POST`. */
  readonly method?: 'GET' | 'POST'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** The headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface SignatureRules<P extends Principal = Principal> {
  readonly region: string
  /** The service that the caller signed for. Default: `appsync`. */
  readonly service?: string
  principal(accessKeyId: string): P | undefined
  /** Returns milliseconds since the epoch. */
  now(): number
}

const CLOCK_SKEW = 5 * 60_000
const INVALID_TOKEN = 'The security token included in the request is invalid.'
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method.'

/**
 * Returns the principal whose secret signed the content.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @throws RequestError 403, with the error types of AWS's services
 */
export async function verifySignature<P extends Principal>(
  content: SignedContent,
  rules: SignatureRules<P>,
): Promise<P> {
  const { headers, body } = content
  const { region, service = 'appsync' } = rules
  const { accessKeyId, scope, signedHeaders, signature } = authorization(headers)
  const signedAt = signingTime(headers['x-amz-date'])
  const expectedScope = `${headers['x-amz-date']?.slice(0, 8)}/${region}/${service}/aws4_request`
  if (scope !== expectedScope) {
    throw invalid(`Credential should be scoped to ${expectedScope}, not to ${scope}.`)
  }
  if (Math.abs(rules.now() - signedAt.getTime()) > CLOCK_SKEW) {
    const now = new Date(rules.now()).toISOString()
    throw invalid(`Signature expired or not yet valid: ${signedAt.toISOString()}, now ${now}.`)
  }
  const principal = rules.principal(accessKeyId)
  if (!principal || headers['x-amz-security-token'] !== principal.sessionToken) {
    throw new RequestError(403, 'UnrecognizedClientException', INVALID_TOKEN)
  }
  const bodyHash = headers['x-amz-content-sha256']
  if (bodyHash !== undefined && bodyHash !== sha256(body)) throw invalid(MISMATCH)

  const signer = new SignatureV4({
    service,
    region,
    credentials: {
      accessKeyId: principal.accessKeyId,
      secretAccessKey: principal.secretAccessKey,
    },
    sha256: Sha256,
    applyChecksum: false,
  })
  const signed = await signer.sign(
    {
      method: content.method ?? 'POST',
      protocol: 'https:',
      hostname: headers.host ?? '',
      path: content.path,
      query: { ...content.query },
      headers: only(signedHeaders, headers),
      body,
    },
    { signingDate: signedAt, signableHeaders: new Set(signedHeaders) },
  )
  if (!sameText(authorization(signed.headers).signature, signature)) throw invalid(MISMATCH)
  return principal
}

function authorization(headers: Readonly<Record<string, string>>) {
  const fields = new Map(
    (headers.authorization ?? '')
      .replace(/^AWS4-HMAC-SHA256\s+/, '')
      .split(',')
      .map((field): [string, string] => {
        const [name = '', ...value] = field.trim().split('=')
        return [name, value.join('=')]
      }),
  )
  const missing = ['Credential', 'SignedHeaders', 'Signature']
    .filter((name) => !fields.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`)
  if (missing.length > 0) throw incomplete(missing.join(' '))
  const [accessKeyId = '', ...scope] = (fields.get('Credential') ?? '').split('/')
  const signedHeaders = (fields.get('SignedHeaders') ?? '').toLowerCase().split(';')
  if (!signedHeaders.includes('host')) throw incomplete("'host' must be a signed header.")
  return {
    accessKeyId,
    scope: scope.join('/'),
    signedHeaders,
    signature: fields.get('Signature') ?? '',
  }
}

function signingTime(date: string | undefined): Date {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date ?? '')
  const time = new Date(parts ? isoDate(parts) : Number.NaN)
  if (Number.isNaN(time.getTime())) {
    throw incomplete("Authorization header requires existence of an 'X-Amz-Date' header.")
  }
  return time
}

function isoDate([, year, month, day, hour, minute, second]: RegExpExecArray): string {
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
}

function only(names: readonly string[], headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    names.map((name) => {
      const value = headers[name]
      if (value === undefined) {
        throw incomplete(
          `'${name}' is named as a SignedHeader, but it does not exist in the HTTP request.`,
        )
      }
      return [name, value]
    }),
  )
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function invalid(message: string): RequestError {
  return new RequestError(403, 'InvalidSignatureException', message)
}

function incomplete(message: string): RequestError {
  return new RequestError(403, 'IncompleteSignatureException', message)
}

function sha256(data: string): string {
  return createHash('sha256').update(data).digest('hex')
}
