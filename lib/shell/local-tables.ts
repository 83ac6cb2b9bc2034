import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** The tables of a running local run. */
export interface LocalTables {
  readonly endpoint: string
  /** A client with the rights of the developer. */
  readonly client: DynamoDBClient
  /** The names of the tables, by environment variables such as `PRODUCT_TABLE`. */
  readonly names: Readonly<Record<string, string>>
}

/**
 * Reads the tables of the local run that uses a state folder.
 * @throws Error if no local run uses the folder
 */
export async function localTables(folder: string): Promise<LocalTables> {
  const outputs = await readOutputs(folder)
  const endpoint = outputs?.dynamodbEndpoint
  // A killed run leaves its files.
  if (!outputs || !endpoint || !(await answers(endpoint)))
    throw new Error(
      `No local run uses the folder ${folder}: start one with npm start, or pass its folder with --data`,
    )
  const { region } = await readJson<{ region: string }>(join(folder, 'operator.json'))
  return { endpoint, client: clientOf(endpoint, region), names: outputs.tables }
}

interface Outputs {
  readonly dynamodbEndpoint: string
  readonly tables: Readonly<Record<string, string>>
}

async function readOutputs(folder: string): Promise<Outputs | undefined> {
  try {
    return await readJson(join(folder, 'outputs.json'))
  } catch {
    return undefined
  }
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8'))
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint, { signal: AbortSignal.timeout(5000) }).then(
    () => true,
    () => false,
  )
}

/** Sets all that the environment or a profile could change. */
function clientOf(endpoint: string, region: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  })
}
