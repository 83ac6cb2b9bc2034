import { Duration, Stack } from 'aws-cdk-lib'
import {
  AttributeType,
  CfnGlobalTable,
  ProjectionType,
  StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import { Grant, type IGrantable, PolicyDocument } from 'aws-cdk-lib/aws-iam'
import {
  CfnEventSourceMapping,
  type Function as LambdaFunction,
  MetricType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { OWNER_INDEX, OWNER_KEY } from '../../appsync/index.ts'
import type { Alarms } from '../alarms.ts'
import { keepLogicalId } from '../logical-id.ts'
import type { Stage } from '../stage.ts'
import { denial, EXPIRY } from './denials.ts'
import { Writers } from './writers.ts'

/** The actions that change or remove an item, or write without PutItem. */
const FORBIDDEN = [
  EXPIRY,
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PartiQLDelete',
]

const BATCH = 100
/** The maximum age of a record. A stream keeps its records for 24 hours, which is much longer. */
const OLDEST_RECORD = Duration.hours(6)
const MOST_RETRIES = 100
/**
 * The limit of readers per stream:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
const MOST_READERS = 2

/** Finds the resources of an owner. Only the events that change an owner are in it. */
const OWNER_INDEX_PROPS = {
  indexName: OWNER_INDEX,
  partitionKey: { name: OWNER_KEY, type: AttributeType.STRING },
  sortKey: { name: 'id', type: AttributeType.STRING },
  projectionType: ProjectionType.KEYS_ONLY,
}

export interface EventTableProps {
  readonly stage: Stage
  /** Whether the table has the index of owners. Default: false. */
  readonly isListedByOwner?: boolean
}

/**
 * The table of one resource type's events: one item per event under (id, number). The table's
 * policy denies updates and deletes to everyone. It denies puts to everyone except the roles and
 * users that were passed to `grantCommit`.
 */
export class EventTable extends Construct {
  readonly table: TableV2
  readonly #writers: Writers
  readonly #isListedByOwner: boolean

  /** @param resource the resource type, from whose name the table has its logical id */
  constructor(
    scope: Construct,
    resource: string,
    { stage, isListedByOwner = false }: EventTableProps,
  ) {
    super(scope, resource)
    this.#isListedByOwner = isListedByOwner
    this.#writers = new Writers(this, resource)
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      sortKey: { name: 'number', type: AttributeType.NUMBER },
      // Old images only occur after tampering, and let the feed raise the alarm.
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: stage.removalPolicy,
      deletionProtection: stage.isProtected,
      ...(isListedByOwner && { globalSecondaryIndexes: [OWNER_INDEX_PROPS] }),
      resourcePolicy: this.#policy(),
    })
    keepLogicalId(this.table, `${resource}Events`)
    this.node.addValidation({ validate: () => [...this.#replicaErrors(), ...this.#readerErrors()] })
  }

  /** Allows reads of one resource's events. */
  grantReadHistory(grantee: IGrantable): Grant {
    return this.#grant(grantee, ['dynamodb:Query'])
  }

  /** Allows reads of all resources' events. */
  grantReadAll(grantee: IGrantable): Grant {
    if (this.#isListedByOwner) {
      const index = `${this.table.tableArn}/index/${OWNER_INDEX}`
      this.#grant(grantee, ['dynamodb:Query'], index)
    }
    return this.#grant(grantee, ['dynamodb:Query', 'dynamodb:Scan'])
  }

  /**
   * Allows reads of one resource's events, puts of new events, and checks that a resource is
   * unchanged. The table's policy admits the grantee to puts, and to nothing else.
   * @throws Error for a grantee that is not a function, a role or a user
   */
  grantCommit(grantee: IGrantable): Grant {
    this.#writers.add(grantee)
    const actions = ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:ConditionCheckItem']
    return this.#grant(grantee, actions)
  }

  /**
   * Passes the table's stream to a function, which reports the records that need a retry.
   * @param id the id of the event source mapping, below the function
   * @param undelivered the queue that receives the metadata of records that were given up
   * @param alarms get an alarm on a mapping that reads nothing
   */
  addReader(
    reader: LambdaFunction,
    id: string,
    { undelivered, alarms }: { readonly undelivered: IQueue; readonly alarms: Alarms },
  ): void {
    if (!this.table.tableStreamArn) throw new Error(`${this.table.node.path} has no stream`)
    this.table.grantStreamRead(reader)
    const mapping = reader.addEventSourceMapping(id, {
      eventSourceArn: this.table.tableStreamArn,
      // LATEST could miss events that are committed while the mapping is being created.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: BATCH,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: MOST_RETRIES,
      maxRecordAge: OLDEST_RECORD,
      onFailure: new SqsDlq(undelivered),
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    })
    alarms.addUnread(mapping, this.table)
  }

  /** Unlike `TableV2.grant`, supports principals that only the table's own policy can allow. */
  #grant(grantee: IGrantable, actions: string[], arn = this.table.tableArn): Grant {
    const { table } = this
    return Grant.addToPrincipalOrResource({
      grantee,
      actions,
      resourceArns: [arn],
      resource: table,
      // The policy is part of the table and cannot refer to it.
      resourceSelfArns: ['*'],
    })
  }

  #policy(): PolicyDocument {
    return new PolicyDocument({
      statements: [denial('EventsAreImmutable', FORBIDDEN), this.#writers.statement],
    })
  }

  /** Rejects a second replica: conditional writes would then be decided by the last writer. */
  #replicaErrors(): string[] {
    const resource = this.table.node.defaultChild
    if (!(resource instanceof CfnGlobalTable)) return [`${this.node.path} is not a global table`]
    const count: number = Stack.of(this).resolve(resource.replicas).length
    return count > 1
      ? [
          `${this.node.path} must have 1 replica, because events need conditional writes; got ${count}`,
        ]
      : []
  }

  /**
   * Rejects a third stream reader. A shard supports two: the feed and the dispatcher of the
   * reactors.
   */
  #readerErrors(): string[] {
    const stack = Stack.of(this)
    const stream = JSON.stringify(stack.resolve(this.table.tableStreamArn))
    const readers = stack.node
      .findAll()
      .filter((construct) => construct instanceof CfnEventSourceMapping)
      .filter((mapping) => JSON.stringify(stack.resolve(mapping.eventSourceArn)) === stream)
    return readers.length > MOST_READERS
      ? [
          `${this.node.path} can have at most ${MOST_READERS} readers of its stream; got ${readers.length}`,
        ]
      : []
  }
}
