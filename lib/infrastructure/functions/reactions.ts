import { join } from 'node:path'
import { Aws, Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import { busVariable, type Published, tableVariable } from '../../appsync/index.ts'
import type { Alarms } from '../alarms.ts'
import type { Bus } from '../domains/published-domains.ts'
import type { CheckpointTable } from '../tables/checkpoint-table.ts'
import type { EventTable } from '../tables/event-table.ts'
import { markWriterOfAll } from '../tables/writers.ts'
import type { ModuleParts } from './bundled-code.ts'
import { EventFunction } from './event-function.ts'
import { APPSYNC } from './field-functions.ts'
import { ReactorHost } from './reactor-host.ts'

export interface ReactionsProps {
  /** The reactions files of the domains. */
  readonly domains: ModuleParts
  /** Whether these files have reactors. False: the function only publishes events. */
  readonly hasReactors: boolean
  /** The resources of all domains. */
  readonly resources: ModuleParts
  /** The resources whose new events the views function needs. */
  readonly viewed: readonly string[]
  readonly checkpoints: CheckpointTable
  readonly alarms: Alarms
}

const TIMEOUT = Duration.minutes(5)
/** The promised limit of a wake-up's delay. */
const LATEST_WAKE_UP = Duration.seconds(90)

/**
 * The dispatcher: one function that hosts the reactors of all domains, and those that publish events.
 * Includes its triggers.
 */
export class Reactions extends Construct {
  readonly function: EventFunction
  readonly #host: ReactorHost
  readonly #hasReactors: boolean
  readonly #published: Published[] = []
  /** The resources whose stream wakes the dispatcher. */
  readonly #woken = new Set<string>()

  constructor(scope: Construct, id: string, props: ReactionsProps) {
    super(scope, id)
    const { domains, hasReactors, resources, viewed, checkpoints, alarms } = props
    this.#hasReactors = hasReactors
    this.function = new EventFunction(this, 'Function', {
      entry: join(APPSYNC, 'reactions/dispatcher-entry.ts'),
      parts: () => ({
        imports: [...domains.imports, ...resources.imports],
        expression: `{ domains: ${domains.expression}, published: ${JSON.stringify(this.#published)}, resources: ${resources.expression}, viewed: ${JSON.stringify(viewed)} }`,
      }),
      description: 'Runs the reactors of all domains on the streams of tables',
      timeout: TIMEOUT,
      environment: { CHECKPOINT_TABLE: checkpoints.table.tableName },
    })
    checkpoints.grantRun(this.function)
    if (hasReactors && this.function.role) markWriterOfAll(this.function.role)
    this.#host = new ReactorHost(this, this.function, {
      alarms,
      parked: 'A reactor failed at a resource, whose events now wait: see docs/reactions.md',
    })
    const late = 'A wake-up of a reactor came late: see docs/reactions.md'
    alarms.addMaximum(this.function, 'WakeUpDelay', late, LATEST_WAKE_UP.toMilliseconds())
  }

  /** Lets the reactors, if there are any, read and commit to this table. */
  addTable(table: EventTable, resource: string): void {
    if (!this.#hasReactors) return
    this.function.addEnvironment(tableVariable(resource), table.table.tableName)
    table.grantReadAll(this.function)
    table.grantCommit(this.function)
  }

  /** Makes new events of this table wake the dispatcher. */
  reactTo(table: EventTable, resource: string): void {
    if (this.#woken.has(resource)) return
    this.#woken.add(resource)
    this.#host.readStream(table, resource)
  }

  /** Publishes the events of this table to a bus. */
  publish(table: EventTable, published: Published, bus: Bus): void {
    const { domain, resource } = published
    this.#published.push(published)
    this.function.addEnvironment(tableVariable(resource), table.table.tableName)
    this.function.addEnvironment(busVariable(domain), bus.eventBusArn)
    this.function.addEnvironment(
      'AWS_ENDPOINT_URL_EVENTBRIDGE',
      `https://events.${Aws.REGION}.${Aws.URL_SUFFIX}`,
    )
    if (!this.#hasReactors) table.grantReadAll(this.function)
    bus.grantPutEventsTo(this.function)
    this.reactTo(table, resource)
  }

  /** Lets the dispatcher pass new events to the views function. */
  letInvoke(views: EventFunction): void {
    this.function.addEnvironment('VIEWS_FUNCTION', views.functionName)
    this.#host.letInvoke('InvokeViews', views)
  }

  /** Passes new events of this table to the views function. */
  forward(table: EventTable, resource: string): void {
    this.function.addEnvironment(tableVariable(resource), table.table.tableName)
    this.reactTo(table, resource)
  }
}
