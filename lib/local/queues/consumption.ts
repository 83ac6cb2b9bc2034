import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { InvocationResult } from '../lambda/local-function.ts'
import { reportedFailures } from '../streams/batch-outcome.ts'
import { pause } from '../streams/pause.ts'
import type { QueueConsumer, QueueDefinition } from './queue-definition.ts'

export interface ConsumptionOptions {
  readonly queue: QueueDefinition
  readonly consumer: QueueConsumer
  readonly kept: {
    /** The file of all messages that were ever sent. */
    readonly messages: string
    /** The file with the number of finished messages; undefined: the number is not stored. */
    readonly position: string | undefined
  }
  /** Sends a message to a dead-letter queue, by the queue's logical id. */
  readonly send: (queue: string, message: object) => void
  /** Whether the function's role may receive the messages. Default: true. */
  readonly mayReceive?: () => Promise<boolean>
}

interface Message {
  readonly id: string
  readonly body: string
  readonly sent: number
  receives: number
  isFinished: boolean
}

/**
 * Milliseconds. A failed message returns after this time, or after its queue's visibility timeout
 * if that is shorter.
 */
const LONGEST_PAUSE = 5000

/**
 * Delivers the messages of a queue to a function. As on AWS, failed messages return, and finally
 * move to the dead-letter queue. Unlike on AWS, one batch runs at a time.
 */
export class Consumption {
  readonly #options: ConsumptionOptions
  readonly #end = new AbortController()
  /** The messages in the order of the file, from the first unfinished one on. */
  #messages: Message[] = []
  /** The number of messages before them. */
  #done = 0
  #wake: () => void = () => {}
  #running: Promise<void> = Promise.resolve()

  constructor(options: ConsumptionOptions) {
    this.#options = options
  }

  add(body: unknown): void {
    const text = JSON.stringify(body)
    this.#messages.push(newMessage(text))
    this.#wake()
  }

  /** @param previous the stopped consumption before a reload, whose messages this continues */
  async start(previous?: Consumption): Promise<void> {
    const { messages, position } = this.#options.kept
    if (previous) {
      this.#done = previous.#done
      this.#messages.unshift(...previous.#messages)
    } else if (position !== undefined) {
      const text = await readFile(messages, 'utf8').catch(() => '')
      const lines = text.split('\n').filter((line) => line !== '')
      const kept = Number(await readFile(position, 'utf8').catch(() => '0'))
      // The file grew too large and was removed at this start.
      this.#done = kept > lines.length ? 0 : kept
      // The messages sent since the start are already waiting.
      const left = lines.slice(this.#done, lines.length - this.#messages.length)
      this.#messages.unshift(...left.map(newMessage))
    }
    const { mayReceive } = this.#options
    if (!mayReceive || (await mayReceive())) this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#end.abort()
    this.#wake()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#end
    const { queue, consumer } = this.#options
    while (!signal.aborted) {
      const waiting = this.#messages.filter(({ isFinished }) => !isFinished)
      const batch = waiting.slice(0, consumer.batchSize)
      if (batch.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        continue
      }
      for (const message of batch) message.receives += 1
      const records = batch.map((message) => record(message, queue.arn))
      const result = await consumer.function.invoke({ Records: records })
      if (signal.aborted) return
      const failed = failedOf(batch, result, consumer.partialResponses)
      await this.#finish(batch.filter((message) => !failed.includes(message)))
      if (failed.length > 0) await this.#failed(failed)
    }
  }

  /**
   * Moves the messages that have reached `maxReceiveCount` to the dead-letter queue. The others
   * return after a pause.
   */
  async #failed(messages: readonly Message[]): Promise<void> {
    const { queue, send } = this.#options
    const { redrive } = queue
    const given = redrive
      ? messages.filter(({ receives }) => receives >= redrive.maxReceiveCount)
      : []
    for (const { body } of given) if (redrive) send(redrive.queue, JSON.parse(body))
    await this.#finish(given)
    await pause(Math.min(LONGEST_PAUSE, queue.visibilityTimeout), this.#end.signal)
  }

  /** Stores the position: the messages before the first unfinished one never return. */
  async #finish(messages: readonly Message[]): Promise<void> {
    for (const message of messages) message.isFinished = true
    const first = this.#messages.findIndex(({ isFinished }) => !isFinished)
    const count = first < 0 ? this.#messages.length : first
    this.#messages = this.#messages.slice(count)
    this.#done += count
    const { position } = this.#options.kept
    if (position === undefined || count === 0) return
    await mkdir(dirname(position), { recursive: true })
    await writeFile(`${position}.new`, `${this.#done}`)
    await rename(`${position}.new`, position)
  }
}

function newMessage(body: string): Message {
  return { id: randomUUID(), body, sent: Date.now(), receives: 0, isFinished: false }
}

/**
 * Returns the messages that the function has not handled. An unknown or malformed identifier fails
 * the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
function failedOf(
  batch: readonly Message[],
  result: InvocationResult,
  partialResponses: boolean,
): readonly Message[] {
  if (result.status !== 'ok') return batch
  const failures = partialResponses ? reportedFailures(result.payload) : []
  const failed = batch.filter(({ id }) => failures.includes(id))
  return failures.every((failure) => failed.some(({ id }) => id === failure)) ? failed : batch
}

/**
 * Returns a record of Lambda's event. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
function record({ id, body, sent, receives }: Message, eventSourceARN: string): object {
  return {
    messageId: id,
    receiptHandle: id,
    body,
    attributes: { ApproximateReceiveCount: `${receives}`, SentTimestamp: `${sent}` },
    messageAttributes: {},
    md5OfBody: createHash('md5').update(body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: eventSourceARN.split(':')[3] ?? '',
  }
}
