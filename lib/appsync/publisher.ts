import { traced } from '../event-sourcing/index.ts'
import type { PublishRequest } from './publish-requests.ts'
import { type Signer, signedRequest } from './signed-request.ts'

/** Publishes a request's messages in order; says which was the first that failed, and why. */
export type Publish = (request: PublishRequest) => Promise<Failure | undefined>

export interface Failure {
  readonly index: number
  readonly error: Error
}

/** Longer than AppSync's own 30 seconds would only wait for an answer that cannot come. */
const TIMEOUT = 30_000

/** 7. Calls the publish mutation, signed with the function's own role. */
export function signedPublisher(signer: Signer): Publish {
  return (request) =>
    traced('publish', async (annotate) => {
      try {
        const failure = await send(signer, request)
        if (failure) annotate({ error: failure.error.name })
        return failure
      } catch (cause) {
        annotate({ error: 'PublishFailed' })
        return { index: 0, error: new Error('The API did not say that it published', { cause }) }
      }
    })
}

async function send(signer: Signer, { body, messages }: PublishRequest) {
  const request = await signedRequest(signer, body)
  const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT) })
  const text = await response.text()
  if (!response.ok) {
    return { index: 0, error: new Error(`The API answered ${response.status}: ${text}`) }
  }
  // AppSync answers 200 even where a publish failed: the errors are in the body.
  const answer: PublishAnswer = JSON.parse(text)
  const errors = answer.errors ?? []
  if (errors.length === 0 && answer.data) return undefined
  if (errors.length === 0) throw new Error(`The API did not answer as GraphQL does: ${text}`)
  const index = Math.min(...errors.map(({ path }) => indexOf(path?.[0])))
  if (!(index < messages.length)) throw new Error(`The API answered for no message: ${text}`)
  return { index, error: new Error(`The API refused to publish: ${JSON.stringify(errors)}`) }
}

interface PublishAnswer {
  readonly data?: object | null
  readonly errors?: readonly { readonly path?: readonly (string | number)[] | null }[] | null
}

/** `e3` is the fourth message; an error of the request as a whole concerns all from the first on. */
function indexOf(alias: string | number | undefined): number {
  return typeof alias === 'string' ? Number(alias.slice(1)) : 0
}
