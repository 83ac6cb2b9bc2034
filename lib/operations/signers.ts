import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Signer } from '../appsync/index.ts'

/**
 * Returns a signer with the operator's credentials from the state folder of a local run.
 * @throws Error of the file system if the folder has no credentials
 */
export function operatorSigner(folder: string, url: string): Signer {
  const { region, ...credentials } = JSON.parse(readFileSync(join(folder, 'operator.json'), 'utf8'))
  // Node.js 24 uses a proxy, also for this machine, if NODE_USE_ENV_PROXY is set.
  process.env.no_proxy = 'localhost,127.0.0.1'
  return { url, region, credentials }
}

export interface Caller {
  /** Default: the region in the URL. */
  readonly region?: string | undefined
  /** Default: as the SDK chooses it. */
  readonly profile?: string | undefined
}

/**
 * Returns a signer with the credentials that the SDK finds: from the environment, a profile or a
 * role.
 * @throws Error if the region or the credentials are missing
 */
export async function awsSigner(
  url: string,
  { region = regionIn(url), profile }: Caller = {},
): Promise<Signer> {
  if (!region) throw new Error(`${url} does not contain a region: pass --region`)
  const client = new DynamoDBClient({ region, ...(profile !== undefined && { profile }) })
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials()
    const token = sessionToken === undefined ? {} : { sessionToken }
    return { url, region, credentials: { accessKeyId, secretAccessKey, ...token } }
  } finally {
    client.destroy()
  }
}

function regionIn(url: string): string | undefined {
  return /\.appsync-api\.([^.]+)\./.exec(url)?.[1]
}
