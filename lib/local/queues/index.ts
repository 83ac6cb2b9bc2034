import { JsonLinesFolder } from '../json-lines.ts'
import type { Functions } from '../lambda/index.ts'
import type { StateFolder } from '../state-folder.ts'
import type { Template } from '../template/index.ts'
import { Consumption } from './consumption.ts'
import { queueDefinitions } from './queue-definition.ts'

export interface QueuesOptions {
  readonly template: Template
  readonly functions: Pick<Functions, 'find'>
  readonly state: StateFolder
}

/**
 * The queues of a template: files with one message a line. Some queues have a consuming function.
 */
export class Queues {
  readonly #files: JsonLinesFolder
  readonly #consumptions: ReadonlyMap<string, Consumption>

  /** @throws TemplateError for properties that the local run does not support */
  constructor({ template, functions, state }: QueuesOptions) {
    this.#files = new JsonLinesFolder((logicalId) => state.queue(logicalId))
    const consumptions = queueDefinitions(template, functions).flatMap(
      (queue): [string, Consumption][] => {
        const { logicalId, consumer } = queue
        if (!consumer) return []
        const kept = {
          messages: state.queue(logicalId),
          position: state.checkpoint(consumer.logicalId),
        }
        const send = (to: string, message: object) => this.send(to, message)
        return [[logicalId, new Consumption({ queue, consumer, kept, send })]]
      },
    )
    this.#consumptions = new Map(consumptions)
  }

  /** @param logicalId the logical id of the queue */
  send(logicalId: string, message: object): void {
    this.#files.append(logicalId, message)
    // Writes at once: the sender relies on the message being stored.
    this.#files.write()
    this.#consumptions.get(logicalId)?.add(message)
  }

  /**
   * Starts to deliver messages, beginning with those of an earlier run.
   * @param previous the stopped queues before a reload, whose messages this continues
   */
  async start(previous?: Queues): Promise<void> {
    const continued = previous ? previous.#consumptions : new Map<string, Consumption>()
    for (const [logicalId, consumption] of this.#consumptions)
      await consumption.start(continued.get(logicalId))
  }

  /** Stops delivering messages. Resolves once the running batches have ended. */
  async stop(): Promise<void> {
    await Promise.all([...this.#consumptions.values()].map((consumption) => consumption.stop()))
    this.#files.close()
  }
}
