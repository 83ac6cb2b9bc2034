import type { Clock } from './engine/clock.ts'
import type { TokenBucket } from './engine/quotas.ts'
import { duration, type Random } from './engine/random.ts'
import type { Times } from './settings.ts'
import type { Stream } from './stream.ts'

export interface FeedParts {
  readonly clock: Clock
  readonly random: Random
  readonly times: Times
  /** AppSync's request tokens, which publish requests share with commands. */
  readonly tokens: TokenBucket
  readonly outbound: TokenBucket
  readonly subscribers: number
}

/** The attempts of a request, and the longest pause between them: delivery.ts. */
const TRIES = 3
const LONGEST_PAUSE = 200

/** The feed function: one publish request for a batch of a shard. README: steps 6 to 8. */
export class Feed {
  throttledRequests = 0
  /** Messages over the quota of outbound messages, which AppSync delays or drops. */
  droppedMessages = 0
  messages = 0
  readonly #parts: FeedParts
  readonly #send: number
  readonly #published: number
  readonly #tries: number[] = []
  #stream: Stream | undefined

  constructor(parts: FeedParts) {
    this.#parts = parts
    const { clock } = parts
    this.#send = clock.kind((batch) => this.#request(batch))
    this.#published = clock.kind((batch) => this.#finish(batch))
  }

  reads(stream: Stream): void {
    this.#stream = stream
  }

  handle(number: number): void {
    const { clock, random, times } = this.#parts
    const { isCold } = this.#in().batch(number)
    this.#tries[number] = 0
    clock.after(isCold ? duration(random, times.coldStart, times.spread) : 0, this.#send, number)
  }

  #request(number: number): void {
    const { clock, random, times, tokens } = this.#parts
    const tries = (this.#tries[number] ?? 0) + 1
    this.#tries[number] = tries
    if (tokens.take()) {
      const { committed } = this.#in().batch(number)
      const mean = times.publish + (committed.length - 1) * times.publishNext
      clock.after(duration(random, mean, times.spread), this.#published, number)
      return
    }
    this.throttledRequests += 1
    if (tries < TRIES) {
      clock.after(random.next() * LONGEST_PAUSE, this.#send, number)
      return
    }
    this.#in().end(number, false)
  }

  #finish(number: number): void {
    const { outbound, subscribers } = this.#parts
    const { committed } = this.#in().batch(number)
    for (let event = 0; event < committed.length; event += 1) {
      this.messages += subscribers
      if (subscribers > 0 && !outbound.take(subscribers)) this.droppedMessages += subscribers
    }
    this.#in().end(number, true)
  }

  #in(): Stream {
    if (!this.#stream) throw new Error('The feed reads no stream: call reads() first')
    return this.#stream
  }
}
