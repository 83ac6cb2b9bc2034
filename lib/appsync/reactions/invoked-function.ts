import { Misuse, RunStopped } from '../../event-sourcing/index.ts'
import { roleSigner, signedRequest } from '../signed-request.ts'

/** Invocations of a function: of the running one, or another. */
export interface InvokedFunction {
  /**
   * Invokes the function and waits for its end. An abort ends only the waiting: the invocation
   * itself continues.
   * @returns the function's answer; undefined: it has none
   * @throws Error if the invocation failed, or the signal is aborted
   */
  run(payload: object, signal: AbortSignal): Promise<unknown>
  /**
   * Stores an invocation in Lambda's queue. Lambda runs it at least once, and retries a failed one.
   * @throws Error if Lambda did not confirm it
   */
  enqueue(payload: object): Promise<void>
}

/** The time limit for Lambda's confirmation, in milliseconds. */
const CONFIRMED_WITHIN = 10_000

/** Returns the function's own further invocations, signed with its role. */
export function ownFunction(environment = process.env): InvokedFunction {
  return invokedFunction(environment.AWS_LAMBDA_FUNCTION_NAME, environment)
}

/**
 * Returns invocations of a function, signed with the role of the running one.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @param name the function's name
 */
export function invokedFunction(
  name: string | undefined,
  environment = process.env,
): InvokedFunction {
  async function invoke(type: string, payload: object, signal: AbortSignal): Promise<string> {
    const { AWS_ENDPOINT_URL_LAMBDA: endpoint } = environment
    if (!endpoint || !name)
      throw new Misuse(
        'AWS_ENDPOINT_URL_LAMBDA is not set: add it to the function in the stack, with the address of Lambda in its region',
      )
    const request = await signedRequest(
      {
        ...roleSigner(environment),
        service: 'lambda',
        url: `${endpoint}/2015-03-31/functions/${name}/invocations`,
      },
      JSON.stringify(payload),
      { 'x-amz-invocation-type': type },
    )
    const response = await fetch(request, { signal })
    const text = await response.text()
    if (!response.ok || response.headers.has('x-amz-function-error'))
      throw new RunStopped(`The invocation of ${name} failed with HTTP status ${response.status}`, {
        cause: new Error(text),
      })
    return text
  }

  return {
    async run(payload, signal) {
      const answer = await invoke('RequestResponse', payload, signal)
      return answer === '' ? undefined : JSON.parse(answer)
    },

    async enqueue(payload) {
      await invoke('Event', payload, AbortSignal.timeout(CONFIRMED_WITHIN))
    },
  }
}
