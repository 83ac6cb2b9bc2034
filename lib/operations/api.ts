import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type Signer, signedRequest } from '../appsync/index.ts'
import type { Target } from './options.ts'

/** Calls the API with a signed request. */
export type Api = <T>(query: string, variables?: object) => Promise<T>

interface Answer<T> {
  readonly data?: T | null
  readonly errors?: readonly { readonly errorType?: string; readonly message: string }[]
}

/** @throws Error that names the missing file or option */
export async function apiOf(target: Target): Promise<Api> {
  const signer =
    target.url === undefined ? localSigner(target) : await awsSigner(target.url, target)
  return async <T>(query: string, variables: object = {}) => {
    const request = await signedRequest(signer, JSON.stringify({ query, variables }))
    const response = await fetch(request).catch((cause) => {
      throw new Error(`Nothing answers at ${signer.url}`, { cause })
    })
    const text = await response.text()
    if (!response.ok)
      throw new Error(`${signer.url} answered with HTTP status ${response.status}: ${text}`)
    const { data, errors = [] } = answerOf<T>(signer.url, text)
    const [error] = errors
    if (error) throw new Error(`${error.errorType ?? 'Error'}: ${error.message}`)
    if (!data) throw new Error(`${signer.url} answered without data: ${text}`)
    return data
  }
}

function answerOf<T>(url: string, text: string): Answer<T> {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `${url} is not the address of a GraphQL API: it answered ${text.slice(0, 100)}`
    throw new Error(message, { cause })
  }
}

/** Returns a signer with the operator's credentials from the files of the local run. */
function localSigner({ data }: Target): Signer {
  const file = join(data, 'outputs.json')
  let outputs: string
  let operator: string
  try {
    outputs = readFileSync(file, 'utf8')
    operator = readFileSync(join(data, 'operator.json'), 'utf8')
  } catch (cause) {
    throw new Error(`There is no ${file}: start the local run (npm start), or pass --url`, {
      cause,
    })
  }
  // Node.js 24 uses a proxy, also for this machine, if NODE_USE_ENV_PROXY is set.
  process.env.no_proxy = 'localhost'
  const { graphqlUrl } = JSON.parse(outputs)
  const { region, ...credentials } = JSON.parse(operator)
  return { url: graphqlUrl, region, credentials }
}

/**
 * Returns a signer with the credentials that the SDK finds: from the environment, a profile or a
 * role.
 */
async function awsSigner(url: string, target: Target): Promise<Signer> {
  if (!URL.canParse(url)) throw new Error(`--url must be the GraphQL address of an API; got ${url}`)
  const region = target.region ?? /\.appsync-api\.([^.]+)\./.exec(url)?.[1]
  if (!region) throw new Error(`${url} does not contain a region: pass --region`)
  const client = new DynamoDBClient({ region })
  const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials()
  client.destroy()
  const token = sessionToken === undefined ? {} : { sessionToken }
  return { url, region, credentials: { accessKeyId, secretAccessKey, ...token } }
}
