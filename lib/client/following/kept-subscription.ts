import { isLasting } from '../errors.ts'
import type { GraphQLRequest, SubscriptionObserver, Transport } from '../transport.ts'
import { backOff } from '../waiting/back-off.ts'
import type { Retries } from './questions.ts'

export interface SubscriptionListener {
  next(data: unknown): void
  /** Messages arrive from now on. Earlier messages may have been missed. */
  began(): void
  /** The subscription broke and will be renewed. */
  broke(): void
  /** The subscription failed permanently. */
  failed(error: unknown): void
}

const FIRST_PAUSE = 500

/**
 * Subscribes, and subscribes again with growing pauses whenever the subscription breaks. Returns
 * the function that ends it.
 */
export function keepSubscribed(
  transport: Transport,
  request: GraphQLRequest,
  listener: SubscriptionListener,
  { longestPause, onRetry, awake }: Retries,
): () => void {
  const ended = new AbortController()
  let failures = 0
  const worked = () => {
    failures = 0
  }

  async function again(error: unknown): Promise<void> {
    if (ended.signal.aborted) return
    if (isLasting(error)) return listener.failed(error)
    failures += 1
    onRetry(error)
    listener.broke()
    await awake.wait(ended.signal, backOff(failures, FIRST_PAUSE, longestPause))
    if (!ended.signal.aborted) subscribe()
  }

  function subscribe(): void {
    const broken = new AbortController()
    const isOver = () => broken.signal.aborted || ended.signal.aborted
    const unlessOver = (act: () => void) => () => {
      if (!isOver()) act()
    }
    const observer: SubscriptionObserver = {
      next: (data) => {
        if (isOver()) return
        worked()
        listener.next(data)
      },
      started: unlessOver(() => {
        worked()
        listener.began()
      }),
      lost: (error) => {
        if (!isOver()) onRetry(error)
      },
      error: (error) => {
        if (isOver()) return
        broken.abort()
        void again(error)
      },
    }
    try {
      const end = transport.subscribe(request, observer)
      if (isOver()) {
        end()
        return
      }
      ended.signal.addEventListener('abort', end)
      broken.signal.addEventListener('abort', () => {
        ended.signal.removeEventListener('abort', end)
        end()
      })
      if (!transport.tellsStart) listener.began()
    } catch (error) {
      observer.error(error)
    }
  }

  subscribe()
  return () => ended.abort()
}
