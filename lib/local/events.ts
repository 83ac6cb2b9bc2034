import { mayRead } from './access/event-sources.ts'
import type { TableWrites } from './dynamodb/table-writes.ts'
import type { Faults } from './faults/index.ts'
import type { AsyncInvocations } from './invocations/index.ts'
import type { Functions } from './lambda/index.ts'
import type { Queues } from './queues/index.ts'
import { runSchedules, type Schedule } from './schedules.ts'
import type { StateFolder } from './state-folder.ts'
import { EventSourceMapping, type MappingDefinition, type StreamClient } from './streams/index.ts'

export interface EventsOptions {
  readonly functions: Pick<Functions, 'principal'>
  readonly mappings: readonly MappingDefinition[]
  readonly queues: Queues
  readonly invocations: AsyncInvocations
  readonly schedules: readonly Schedule[]
  /** The length of a schedule's minute, in milliseconds. */
  readonly minute: number
  readonly client: StreamClient
  readonly writes: TableWrites
  readonly state: StateFolder
  readonly report: (problem: unknown) => void
  readonly faults: Faults
}

/**
 * The event sources that invoke functions: the tables' streams, the queues, the asynchronous
 * invocations and the schedules.
 */
export class Events {
  readonly #options: EventsOptions
  readonly #running = new Map<string, EventSourceMapping>()
  #stopSchedules = () => {}

  constructor(options: EventsOptions) {
    this.#options = options
  }

  /**
   * Starts to deliver events. Call it once the API is available to the functions.
   * @param previous the stopped events of the stack before a reload, which this continues
   */
  async start(previous?: Events): Promise<void> {
    const { functions, mappings, queues, invocations, schedules } = this.#options
    const { minute, client, writes, state, report, faults } = this.#options
    await queues.start(previous ? previous.#options.queues : undefined)
    await invocations.start(previous ? previous.#options.invocations : undefined)
    for (const mapping of mappings) {
      const { logicalId, eventSourceArn } = mapping
      const role = functions.principal(mapping.function.arn)
      const starting = {
        client,
        writes,
        checkpointFile: state.checkpoint(logicalId),
        previous: previous ? previous.#running.get(logicalId) : undefined,
        mayRead: !role || (await mayRead(role, eventSourceArn)),
        send: (queue: string, message: object) =>
          queues.sendAs(mapping.function.arn, queue, message),
        report,
        faults,
      }
      this.#running.set(logicalId, await EventSourceMapping.start(mapping, starting))
    }
    this.#stopSchedules = runSchedules(schedules, minute)
  }

  /** Stops accepting events. Resolves once the running events are handled. */
  async stop(): Promise<void> {
    this.#stopSchedules()
    const mappings = [...this.#running.values()]
    const { queues, invocations } = this.#options
    invocations.stop()
    await Promise.all([...mappings.map((mapping) => mapping.stop()), queues.stop()])
  }
}
