import { Sha256 } from '@smithy/core/checksum'
import { SignatureV4 } from '@smithy/signature-v4'
import { Misuse, traceHeader } from '../event-sourcing/index.ts'

/** The target and the credentials of requests. */
export interface Signer {
  readonly url: string
  readonly region: string
  /** The name of the service in the signature. Default: `appsync`. */
  readonly service?: string
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
}

/** Returns a function's own role, from the environment that Lambda sets. */
export function roleSigner(environment = process.env): Omit<Signer, 'url'> {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment
  return {
    region: AWS_REGION ?? '',
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '',
      ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    },
  }
}

/** Returns the signer of a function that calls the API. */
export function functionSigner(url: string | undefined, environment = process.env): Signer {
  if (!url) throw new Misuse('GRAPHQL_URL is not set: add it to the function in the stack')
  return { url, ...roleSigner(environment) }
}

/**
 * Returns a POST request with a JSON body. Its headers and body are signed (SigV4). In a function, it
 * continues the trace of the invocation.
 */
export async function signedRequest(
  { url, region, credentials, service = 'appsync' }: Signer,
  body: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Request> {
  const { protocol, host, hostname, port, pathname } = new URL(url)
  const signature = new SignatureV4({ service, region, credentials, sha256: Sha256 })
  const { headers } = await signature.sign({
    method: 'POST',
    protocol,
    hostname,
    ...(port && { port: Number(port) }),
    path: pathname,
    query: {},
    headers: { host, 'content-type': 'application/json', ...more },
    body,
  })
  const request = new Request(url, { method: 'POST', headers, body })
  const trace = traceHeader()
  // Not a part of the signature: AWS's services may change it on the way.
  if (trace) request.headers.set('x-amzn-trace-id', trace)
  return request
}
