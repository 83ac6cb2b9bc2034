import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Signer, signedRequest } from '../appsync/index.ts'
import type { Target } from './options.ts'
import { awsSigner, operatorSigner } from './signers.ts'

/** Calls the API with a signed request. */
export type Api = <T>(query: string, variables?: object) => Promise<T>

interface Answer<T> {
  readonly data?: T | null
  readonly errors?: readonly { readonly errorType?: string; readonly message: string }[]
}

/** @throws Error that names the missing file or option */
export async function apiOf(target: Target): Promise<Api> {
  const signer =
    target.url === undefined ? localSigner(target) : await remoteSigner(target.url, target)
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

/** Returns a signer for the API of the local run that uses the state folder. */
function localSigner({ data }: Target): Signer {
  const file = join(data, 'outputs.json')
  try {
    const { graphqlUrl } = JSON.parse(readFileSync(file, 'utf8'))
    return operatorSigner(data, graphqlUrl)
  } catch (cause) {
    throw new Error(`There is no ${file}: start the local run (npm start), or pass --url`, {
      cause,
    })
  }
}

function remoteSigner(url: string, { region }: Target): Promise<Signer> {
  if (!URL.canParse(url)) throw new Error(`--url must be the GraphQL address of an API; got ${url}`)
  return awsSigner(url, { region })
}
