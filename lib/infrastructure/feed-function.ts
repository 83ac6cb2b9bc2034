import { Duration } from 'aws-cdk-lib'
import type { GraphqlApi } from 'aws-cdk-lib/aws-appsync'
import { StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { type Feed, tableVariable } from '../appsync/index.ts'
import { acknowledge } from './acknowledge.ts'
import type { Alarms } from './alarms.ts'
import { EventFunction } from './event-function.ts'
import type { EventTable } from './event-table.ts'

export interface FeedFunctionProps {
  /** The file whose `handler` runs. */
  readonly entry: string
  readonly api: GraphqlApi
  /** Of every resource that the schema has. */
  readonly feeds: readonly Feed[]
  /** The module that exports the class of each of these resources. */
  readonly resources: string
  /** They watch the function and the queue of what it could not publish. */
  readonly alarms: Alarms
}

const TIMEOUT = Duration.minutes(1)
const BATCH = 100
/** Well below the 24 hours that a stream keeps its records. */
const OLDEST_RECORD = Duration.hours(6)
const MOST_RETRIES = 100

/** The one function between all tables' streams and all subscriptions. */
export class FeedFunction extends Construct {
  readonly #function: EventFunction
  readonly #api: GraphqlApi
  readonly #unpublished: Queue

  constructor(scope: Construct, id: string, props: FeedFunctionProps) {
    super(scope, id)
    const { entry, api, feeds, resources, alarms } = props
    this.#api = api
    this.#unpublished = new Queue(this, 'Unpublished', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    acknowledge(this.#unpublished, 'AwsSolutions-SQS3', 'It is a dead-letter queue itself')
    this.#function = new EventFunction(this, 'Function', {
      entry,
      description: 'Streams of all tables → publish mutations → subscriptions',
      timeout: TIMEOUT,
      environment: { GRAPHQL_URL: api.graphqlUrl },
      define: { 'process.env.FEEDS': feeds },
      alias: { 'domain-resources': resources },
    })
    alarms.addStreamReader(this.#function)
    alarms.addDeadLetters(this.#unpublished)
  }

  /** Publishes a table's new events by way of its feed. */
  addTable({ table }: EventTable, { resource, mutation }: Feed): void {
    if (!table.tableStreamArn) throw new Error(`${table.node.path} has no stream to feed from`)
    this.#function.addEnvironment(tableVariable(resource), table.tableName)
    this.#api.grantMutation(this.#function, mutation)
    table.grantStreamRead(this.#function)
    this.#function.addEventSourceMapping(`${resource}Stream`, {
      eventSourceArn: table.tableStreamArn,
      // LATEST could miss what is committed while the mapping comes into being.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: BATCH,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: MOST_RETRIES,
      maxRecordAge: OLDEST_RECORD,
      onFailure: new SqsDlq(this.#unpublished),
    })
  }
}
