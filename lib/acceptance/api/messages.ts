import WebSocket from 'ws'
import { type Auth, appSyncTransport } from '../../client/index.ts'
import { Broken } from '../expectations.ts'
import type { Given } from '../promise.ts'
import type { ApiEvent, ResourceType } from './resources.ts'

export interface Filter {
  readonly id?: string
  readonly type?: string
}

/** The messages of one subscription, in the order of their arrival. */
export interface Messages {
  /** All messages, also those about resources of others. */
  readonly all: readonly ApiEvent[]
  /** Returns the messages about a resource. */
  of(id: string): readonly ApiEvent[]
  /** The reason why a connection was lost; undefined: it was not. */
  readonly lost: string | undefined
}

/**
 * Subscribes to the events of a resource type, and waits until messages arrive. The check's signal
 * ends the subscription.
 * @throws Broken if the API rejects the subscription
 */
export async function subscribe(
  given: Pick<Given, 'deployment' | 'signal' | 'waits'>,
  auth: Auth,
  { subscription, eventFields }: ResourceType,
  filter: Filter = {},
): Promise<Messages> {
  const { deployment, signal } = given
  const { graphqlUrl, realtimeUrl } = deployment
  const transport = appSyncTransport({ graphqlUrl, realtimeUrl, auth, webSocket: WebSocket })
  const all: ApiEvent[] = []
  let lost: string | undefined
  const names = Object.keys(filter).map((name) => ({ name, type: name === 'id' ? 'ID' : 'String' }))
  const declared = names.map(({ name, type }) => `$${name}: ${type}`).join(', ')
  const passed = names.map(({ name }) => `${name}: $${name}`).join(', ')
  const query = `subscription ${declared && `(${declared})`} { ${subscription}${passed && `(${passed})`} { ${eventFields} } }`
  given.waits(`the start of the subscription ${subscription}`, 'no answer')
  await new Promise<void>((resolve, reject) => {
    const end = transport.subscribe(
      { query, variables: filter },
      {
        started: resolve,
        next(data) {
          const event = eventIn(data, subscription)
          if (event) all.push(event)
        },
        error(error) {
          const problem = rejected(subscription, error)
          lost = problem.message
          reject(problem)
        },
        lost(error) {
          lost = error instanceof Error ? error.message : `${error}`
          given.waits(`the start of the subscription ${subscription}`, lost)
        },
      },
    )
    signal.addEventListener('abort', () => {
      end()
      reject(signal.reason)
    })
  })
  return {
    all,
    of: (id) => all.filter((event) => event.id === id),
    get lost() {
      return lost
    },
  }
}

function rejected(subscription: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : `${error}`
  return new Broken(`${subscription}: expected a subscription; saw the error ${message}`, {
    cause: error,
  })
}

function eventIn(data: unknown, field: string): ApiEvent | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const event: unknown = Reflect.get(data, field)
  return isEvent(event) ? event : undefined
}

/** The subscription selects the fields of an event. */
function isEvent(value: unknown): value is ApiEvent {
  return typeof value === 'object' && value !== null
}
