import { Duration, Lazy, Stack } from 'aws-cdk-lib'
import { AttributeType, CfnGlobalTable, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import {
  AnyPrincipal,
  Effect,
  type IGrantable,
  type IRole,
  PolicyDocument,
  PolicyStatement,
} from 'aws-cdk-lib/aws-iam'
import {
  CfnEventSourceMapping,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Stage } from './stage.ts'

/** Whatever changes or removes an item, or writes in another way than by PutItem. */
const FORBIDDEN = [
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PartiQLDelete',
]

const BATCH = 100
/** Well below the 24 hours that a stream keeps its records. */
const OLDEST_RECORD = Duration.hours(6)
const MOST_RETRIES = 100
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
const MOST_READERS = 2

/**
 * The events of one resource type: one item per event under (id, number). The table itself refuses
 * updates and deletes to everybody, and puts to everybody but the functions that were granted them.
 */
export class EventTable extends Construct {
  readonly table: TableV2
  readonly #writers: IRole[] = []

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id)
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      sortKey: { name: 'number', type: AttributeType.NUMBER },
      // An old image is there only after tampering: the feed raises the alarm.
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: stage.removalPolicy,
      deletionProtection: stage.deletionProtection,
      resourcePolicy: this.#policy(),
    })
    this.node.addValidation({ validate: () => [...this.#replicaErrors(), ...this.#readerErrors()] })
  }

  /** Reads of one resource's events. */
  grantReadHistory(grantee: IGrantable): void {
    this.table.grant(grantee, 'dynamodb:Query')
  }

  /** Reads of all resources' events. */
  grantReadAll(grantee: IGrantable): void {
    this.table.grant(grantee, 'dynamodb:Query', 'dynamodb:Scan')
  }

  /** Reads of one resource's events, new events, and the condition that a resource has not moved. */
  grantCommit(writer: LambdaFunction): void {
    if (!writer.role) throw new Error(`${writer.node.path} has no role to be granted anything`)
    this.#writers.push(writer.role)
    this.table.grant(writer, 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:ConditionCheckItem')
  }

  /**
   * Hands the table's stream to a function, which reports what has to come again.
   * @param id of the mapping, below the function
   * @param undelivered hears of what was given up
   */
  addReader(reader: LambdaFunction, id: string, undelivered: IQueue): void {
    if (!this.table.tableStreamArn) throw new Error(`${this.table.node.path} has no stream`)
    this.table.grantStreamRead(reader)
    reader.addEventSourceMapping(id, {
      eventSourceArn: this.table.tableStreamArn,
      // LATEST could miss what is committed while the mapping comes into being.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: BATCH,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: MOST_RETRIES,
      maxRecordAge: OLDEST_RECORD,
      onFailure: new SqsDlq(undelivered),
    })
  }

  #policy(): PolicyDocument {
    const common = { effect: Effect.DENY, principals: [new AnyPrincipal()], resources: ['*'] }
    const writers = Lazy.list({ produce: () => this.#writers.map(({ roleArn }) => roleArn) })
    return new PolicyDocument({
      statements: [
        new PolicyStatement({ sid: 'EventsAreImmutable', ...common, actions: FORBIDDEN }),
        new PolicyStatement({
          sid: 'OnlyCommandsCommit',
          ...common,
          actions: ['dynamodb:PutItem'],
          conditions: { ArnNotEquals: { 'aws:PrincipalArn': writers } },
        }),
      ],
    })
  }

  /** With a second replica, conditional writes would be decided by the last writer. */
  #replicaErrors(): string[] {
    const resource = this.table.node.defaultChild
    if (!(resource instanceof CfnGlobalTable)) return [`${this.node.path} is no global table`]
    const count: number = Stack.of(this).resolve(resource.replicas).length
    return count > 1
      ? [`${this.node.path} has ${count} replicas: events need conditional writes, so one is all`]
      : []
  }

  /** A shard bears two readers: the feed, and the dispatcher of the reactors. */
  #readerErrors(): string[] {
    const stack = Stack.of(this)
    const stream = JSON.stringify(stack.resolve(this.table.tableStreamArn))
    const readers = stack.node
      .findAll()
      .filter((construct) => construct instanceof CfnEventSourceMapping)
      .filter((mapping) => JSON.stringify(stack.resolve(mapping.eventSourceArn)) === stream)
    return readers.length > MOST_READERS
      ? [
          `${this.node.path} has ${readers.length} readers of its stream, which bears ${MOST_READERS}`,
        ]
      : []
  }
}
