import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isObject, type Json, type JsonObject, objectAt } from '../json.ts'

/** The CDK app of a folder, as its cdk.json describes it. */
export interface CdkApp {
  readonly root: string
  /** The command that synthesizes: `node --import tsx lib/infrastructure/app.ts`. */
  readonly command: string
  readonly context: JsonObject
  /** The folder that the CDK command line synthesizes into. */
  readonly output: string
}

/**
 * Reads the app of a folder.
 * @throws Error if the folder has no cdk.json that names an app
 */
export async function cdkApp(folder: string): Promise<CdkApp> {
  const root = resolve(folder)
  const config = await readJson(join(root, 'cdk.json'))
  if (!config || typeof config.app !== 'string')
    throw new Error(`${root} has no cdk.json that names an app: start in the folder of a CDK app`)
  // The context of cdk.json takes precedence over looked-up values, as in the command line.
  const lookups = (await readJson(join(root, 'cdk.context.json'))) ?? {}
  return {
    root,
    command: config.app,
    context: { ...lookups, ...objectAt(config, 'context') },
    output: resolve(root, typeof config.output === 'string' ? config.output : 'cdk.out'),
  }
}

async function readJson(path: string): Promise<JsonObject | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const value: Json = parsed(path, text)
  return isObject(value) ? value : undefined
}

function parsed(path: string, text: string): Json {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${path} is not valid JSON`, { cause })
  }
}
