import { mayRead, maySend } from '../access/event-sources.ts'
import type { Authorizer } from '../access/iam.ts'
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
  /** Returns the role of a function, by the function's ARN. Default: everything is allowed. */
  readonly role?: (functionArn: string) => Authorizer | undefined
}

/**
 * The queues of a template: files with one message a line. Some queues have a consuming function.
 */
export class Queues {
  readonly #files: JsonLinesFolder
  readonly #consumptions: ReadonlyMap<string, Consumption>
  readonly #arns: ReadonlyMap<string, string>
  readonly #role: (functionArn: string) => Authorizer | undefined

  /** @throws TemplateError for properties that the local run does not support */
  constructor({ template, functions, state, role = () => undefined }: QueuesOptions) {
    this.#files = new JsonLinesFolder((logicalId) => state.queue(logicalId))
    this.#role = role
    const queues = queueDefinitions(template, functions)
    this.#arns = new Map(queues.map(({ logicalId, arn }) => [logicalId, arn]))
    const consumptions = queues.flatMap((queue): [string, Consumption][] => {
      const { logicalId, consumer } = queue
      if (!consumer) return []
      const kept = {
        messages: state.queue(logicalId),
        position: state.checkpoint(consumer.logicalId),
      }
      const send = (to: string, message: object) => this.send(to, message)
      const reader = role(consumer.function.arn)
      const mayReceive = async () => !reader || mayRead(reader, queue.arn)
      return [[logicalId, new Consumption({ queue, consumer, kept, send, mayReceive })]]
    })
    this.#consumptions = new Map(consumptions)
  }

  /**
   * Sends a message in the name of a function, for Lambda. Without the right, it is not sent.
   * @param logicalId the logical id of the queue
   */
  async sendAs(functionArn: string, logicalId: string, message: object): Promise<void> {
    const role = this.#role(functionArn)
    const arn = this.#arns.get(logicalId) ?? ''
    if (!role || (await maySend(role, arn))) this.send(logicalId, message)
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
