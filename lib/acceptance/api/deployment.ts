import { readFile } from 'node:fs/promises'
import type { Options } from '../options.ts'

/** The API to check, as its outputs describe it. */
export interface Deployment {
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  /** Undefined: neither the file nor the command line has a key. */
  readonly apiKey?: string
  /** The stack's name, which ends with its stage. Undefined: the file does not contain it. */
  readonly stack?: string
  /** The parts of a local run; undefined for a deployed stack. */
  readonly local?: LocalParts
}

export interface LocalParts {
  readonly dynamodbEndpoint: string
  readonly cloudwatchEndpoint: string
  /** The name of the table of products. */
  readonly table: string
}

type Json = Readonly<Record<string, unknown>>

/**
 * Reads the outputs of a local run, or the file that `cdk deploy --outputs-file` writes.
 * @throws Error that names the problem, the value and the fix
 */
export async function readDeployment(options: Options): Promise<Deployment> {
  const { outputs: file, apiKey } = options
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(
      `There is no readable file ${file}: pass --outputs .local/outputs.json of npm start, or the file that npm run deploy names`,
      { cause },
    )
  })
  const outputs = parsed(text, file)
  const found =
    typeof outputs.graphqlUrl === 'string' ? localRun(outputs) : deployedStack(outputs, options)
  for (const name of ['graphqlUrl', 'realtimeUrl'] as const) {
    if (!URL.canParse(found[name]))
      throw new Error(`${file} must contain the URL ${name}; got ${found[name] || 'none'}`)
  }
  return { ...found, ...(apiKey !== undefined && { apiKey }) }
}

function parsed(text: string, file: string): Json {
  const problem = `${file} must contain a JSON object with the outputs of a stack`
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch (cause) {
    throw new Error(`${problem}; got ${text.slice(0, 60) || 'an empty file'}`, { cause })
  }
  throw new Error(`${problem}; got ${text.slice(0, 60)}`)
}

function localRun(outputs: Json): Deployment {
  const { graphqlUrl, realtimeUrl, apiKey, stackName, dynamodbEndpoint, cloudwatchEndpoint } =
    outputs
  const table = isObject(outputs.tables) ? outputs.tables.PRODUCT_TABLE : undefined
  const parts = { dynamodbEndpoint, cloudwatchEndpoint, table }
  return {
    graphqlUrl: textOf(graphqlUrl),
    realtimeUrl: textOf(realtimeUrl),
    ...(typeof apiKey === 'string' && { apiKey }),
    ...(typeof stackName === 'string' && { stack: stackName }),
    ...(isLocalParts(parts) && { local: parts }),
  }
}

function isLocalParts(parts: { readonly [K in keyof LocalParts]: unknown }): parts is LocalParts {
  return Object.values(parts).every((value) => typeof value === 'string')
}

/** Finds the outputs by the start of their names, because CDK appends a hash to each. */
function deployedStack(file: Json, { outputs: path, stack }: Options): Deployment {
  const stacks = Object.entries(file).flatMap(([name, outputs]) =>
    isObject(outputs) && outputOf(outputs, 'GraphqlUrl') !== '' ? [{ name, outputs }] : [],
  )
  const names = stacks.map(({ name }) => name).join(', ')
  const chosen = stack === undefined ? stacks : stacks.filter(({ name }) => name === stack)
  const [found, another] = chosen
  if (stacks.length === 0)
    throw new Error(
      `${path} contains no GraphQL URL: pass the outputs of npm start or of npm run deploy`,
    )
  if (!found) throw new Error(`${path} has no stack ${stack}: pass to --stack one of ${names}`)
  if (another) throw new Error(`${path} has several stacks: pass to --stack one of ${names}`)
  const apiKey = outputOf(found.outputs, 'ApiKey')
  return {
    graphqlUrl: outputOf(found.outputs, 'GraphqlUrl'),
    realtimeUrl: outputOf(found.outputs, 'RealtimeUrl'),
    ...(apiKey !== '' && { apiKey }),
    stack: found.name,
  }
}

function outputOf(outputs: Json, name: string): string {
  const pattern = new RegExp(`^Api${name}[0-9A-F]*$`)
  const entry = Object.entries(outputs).find(([key]) => pattern.test(key))
  return textOf(entry?.[1])
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
