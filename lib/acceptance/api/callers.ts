import { dirname } from 'node:path'
import type { Signer } from '../../appsync/index.ts'
import { awsSigner, operatorSigner } from '../../operations/index.ts'
import { Skipped } from '../expectations.ts'
import type { Options } from '../options.ts'
import type { Given } from '../promise.ts'
import { type Answer, type Api, apiOf, withKey, withSignature } from './api.ts'
import type { Deployment } from './deployment.ts'
import { eventTable } from './event-table.ts'

/** Milliseconds for the credentials and for the first answer. */
const FIRST_ANSWER = 10_000
const PROBE = '{ product(id: "2f1d6c1e-7c1b-4c0a-9d53-0f6a1f3f4b1a") { id } }'

/**
 * Finds the callers that exist: an API key, and signed requests. Asks the API once.
 * @returns the function that prepares the callers of one check
 * @throws Error that names the fix, if nothing answers, or if the API is not that of the examples
 */
export async function callersOf(
  deployment: Deployment,
  options: Options,
): Promise<(part: Pick<Given, 'signal' | 'waits'>) => Given> {
  const { graphqlUrl, apiKey, local } = deployment
  const signer = await signerOf(deployment, options).catch((error: Error) => error)
  const key = apiKey === undefined ? undefined : withKey(graphqlUrl, apiKey)
  const signed = signer instanceof Error ? signer : withSignature(signer)
  // In prod, the rules limit the holder of a key.
  const isLimited = deployment.stack?.endsWith('-prod') && !(signed instanceof Error)
  const main = (isLimited ? signed : key) ?? signed
  if (main instanceof Error) {
    const fix = 'deploy with -c apiKey=on, pass --api-key, or pass credentials for signed requests'
    throw new Error(`${options.outputs} contains no API key: ${fix} (${main.message})`)
  }
  await probe(deployment, apiOf(main, AbortSignal.timeout(FIRST_ANSWER)))
  const noKey = 'no API key: deploy with -c apiKey=on, or pass --api-key'
  return (part) => ({
    ...part,
    deployment,
    api: apiOf(main, part.signal),
    keyed: () => apiOf(key ?? skipped(noKey), part.signal),
    signed: () => apiOf(signed instanceof Error ? skipped(signed.message) : signed, part.signal),
    table() {
      if (signer instanceof Error) return skipped(signer.message)
      const name = options.table ?? local?.table
      if (name === undefined)
        return skipped('needs --table NAME, and a caller who may write to the table')
      return eventTable({ name, signer, signal: part.signal, ...(local && { local }) })
    },
  })
}

function skipped(reason: string): never {
  throw new Skipped(reason)
}

async function signerOf(
  { graphqlUrl, local }: Deployment,
  { outputs, region, profile }: Options,
): Promise<Signer> {
  if (local || new URL(graphqlUrl).hostname === 'localhost') {
    const folder = dirname(outputs)
    try {
      return operatorSigner(folder, graphqlUrl)
    } catch (cause) {
      throw new Error(`no credentials: ${folder} has no operator.json of the local run`, { cause })
    }
  }
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error('no answer in time')), FIRST_ANSWER).unref(),
  )
  try {
    return await Promise.race([awsSigner(graphqlUrl, { region, profile }), late])
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : cause
    throw new Error(`no AWS credentials: ${problem}`, { cause })
  }
}

/** @throws Error if nothing answers, or if the API has other resources */
async function probe({ graphqlUrl }: Deployment, api: Api): Promise<void> {
  let answer: Answer
  try {
    answer = await api.send(PROBE)
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : cause
    const fix = 'start the local run (npm start), or deploy, and pass its newest outputs'
    throw new Error(`No GraphQL API answers at ${graphqlUrl} (${problem}): ${fix}`, { cause })
  }
  const isOther = async (field: string) =>
    (await api.send(`{ ${field}(id: "none") { id } }`)).errors.some(({ message }) =>
      message.includes(`Field '${field}' in type 'Query' is undefined`),
    )
  if (answer.errors.length > 0 && (await isOther('product')) && (await isOther('order')))
    throw new Error(
      `The API at ${graphqlUrl} has neither products nor orders: the checks need the example domains, shopping and ordering`,
    )
}
