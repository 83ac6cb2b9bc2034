import { join } from 'node:path'
import { Duration } from 'aws-cdk-lib'
import type { GraphqlApi } from 'aws-cdk-lib/aws-appsync'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { type Feed, tableVariable } from '../../appsync/index.ts'
import { acknowledge } from '../acknowledge.ts'
import type { Alarms } from '../alarms.ts'
import type { EventTable } from '../tables/event-table.ts'
import type { ModuleParts } from './bundled-code.ts'
import { EventFunction } from './event-function.ts'
import { APPSYNC } from './field-functions.ts'

export interface FeedFunctionProps {
  readonly api: GraphqlApi
  /** The feeds of all resources in the schema. */
  readonly feeds: readonly Feed[]
  /** The classes of these resources, by name. */
  readonly resources: ModuleParts
  /** The alarms that watch the function and the queue of unpublished events. */
  readonly alarms: Alarms
}

const TIMEOUT = Duration.minutes(1)

/** The single function between all tables' streams and all subscriptions. */
export class FeedFunction extends Construct {
  readonly #function: EventFunction
  readonly #api: GraphqlApi
  readonly #alarms: Alarms
  readonly #unpublished: Queue

  constructor(scope: Construct, id: string, props: FeedFunctionProps) {
    super(scope, id)
    const { api, feeds, resources, alarms } = props
    this.#api = api
    this.#alarms = alarms
    this.#unpublished = new Queue(this, 'Unpublished', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    acknowledge(this.#unpublished, 'AwsSolutions-SQS3', 'It is a dead-letter queue itself')
    this.#function = new EventFunction(this, 'Function', {
      entry: join(APPSYNC, 'feed/feed-entry.ts'),
      parts: {
        imports: resources.imports,
        expression: `{ feeds: ${JSON.stringify(feeds)}, resources: ${resources.expression} }`,
      },
      description: 'Publishes the streams of all tables to the subscriptions',
      timeout: TIMEOUT,
      environment: { GRAPHQL_URL: api.graphqlUrl },
    })
    alarms.addStreamReader(this.#function)
    alarms.addStandstill(this.#function)
    const [failures, truncated, tampering] = [
      'An event was published truncated because of a failure, or not at all: see docs/feed.md',
      'An event was too large for a message and published truncated: see docs/feed.md',
      'Somebody changed or removed an event in a table: see docs/feed.md',
    ]
    alarms.addCount(this.#function, 'PublishFailures', failures)
    alarms.addCount(this.#function, 'TruncatedEvents', truncated)
    alarms.addCount(this.#function, 'Tampering', tampering)
    alarms.addDeadLetters(this.#unpublished)
  }

  /** Publishes a table's new events through its feed. */
  addTable(table: EventTable, { resource, mutation }: Feed): void {
    this.#function.addEnvironment(tableVariable(resource), table.table.tableName)
    this.#api.grantMutation(this.#function, mutation)
    table.addReader(this.#function, `${resource}Stream`, {
      undelivered: this.#unpublished,
      alarms: this.#alarms,
    })
  }
}
