import { Sha256 } from '@smithy/core/checksum'
import { SignatureV4 } from '@smithy/signature-v4'

/** The target and the credentials of requests. */
export interface Signer {
  readonly url: string
  readonly region: string
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
}

/** Returns the function's own role, from the environment that Lambda sets. */
export function functionSigner(url: string | undefined, environment = process.env): Signer {
  if (!url) throw new Error('GRAPHQL_URL is not set: add it to the function in the stack')
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment
  return {
    url,
    region: AWS_REGION ?? '',
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '',
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    },
  }
}

/** Returns a POST request to AppSync. Its headers and body are signed (SigV4). */
export async function signedRequest(signer: Signer, body: string): Promise<Request> {
  const { protocol, host, hostname, port, pathname } = new URL(signer.url)
  const { region, credentials } = signer
  const signature = new SignatureV4({ service: 'appsync', region, credentials, sha256: Sha256 })
  const { headers } = await signature.sign({
    method: 'POST',
    protocol,
    hostname,
    ...(port && { port: Number(port) }),
    path: pathname,
    query: {},
    headers: { host, 'content-type': 'application/json' },
    body,
  })
  return new Request(signer.url, { method: 'POST', headers, body })
}
