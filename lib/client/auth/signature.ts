/** AWS credentials. Those of a role have a session token. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** The request that a signature covers. */
export interface SignedContent {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const SERVICE = 'appsync'
const ALGORITHM = 'AWS4-HMAC-SHA256'
type Bytes = Uint8Array<ArrayBuffer> | ArrayBuffer
const encoder = new TextEncoder()

/**
 * Signs a POST request to AppSync with Signature Version 4. Returns its headers, with those that
 * carry the signature.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function sign(
  { url, headers, body }: SignedContent,
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  now = new Date(),
): Promise<Record<string, string>> {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const scope = [time.slice(0, 8), region, SERVICE, 'aws4_request']
  const signed: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-date': time,
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
  }
  const names = Object.keys(signed).sort()
  const request = [
    'POST',
    // Every service but S3 encodes the path twice.
    url.pathname.split('/').map(encodeURIComponent).join('/'),
    '',
    ...names.map((name) => `${name}:${signed[name]?.trim()}`),
    '',
    names.join(';'),
    hex(await sha256(body)),
  ].join('\n')
  const text = [ALGORITHM, time, scope.join('/'), hex(await sha256(request))].join('\n')
  let key: Bytes = encoder.encode(`AWS4${secretAccessKey}`)
  for (const part of scope) key = await hmac(key, part)
  const signature = hex(await hmac(key, text))
  return {
    ...signed,
    authorization: `${ALGORITHM} Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  }
}

function sha256(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', encoder.encode(text))
}

async function hmac(key: Bytes, text: string): Promise<ArrayBuffer> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign'])
  return crypto.subtle.sign('HMAC', imported, encoder.encode(text))
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
