import { join } from 'node:path'
import { Duration } from 'aws-cdk-lib'
import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { tableVariable } from '../appsync/index.ts'
import { acknowledge, logicalIdOf } from './acknowledge.ts'
import type { Alarms } from './alarms.ts'
import type { ModuleParts } from './bundled-code.ts'
import { EventFunction } from './event-function.ts'
import type { EventTable } from './event-table.ts'
import { APPSYNC } from './field-functions.ts'
import type { Stage } from './stage.ts'

export interface ReactionsProps {
  /** The domains' files with reactors. */
  readonly domains: ModuleParts
  /** The resources of all domains. */
  readonly resources: ModuleParts
  readonly stage: Stage
  readonly alarms: Alarms
}

const TIMEOUT = Duration.minutes(5)
/** What is parked and what was left behind by a run that ended early is taken up so often. */
const TAKE_UP = Duration.minutes(1)
/** What the stream has never delivered is found so often. */
const RECONCILE = Duration.hours(6)
/** How often the reconciler is tried for a batch that was given up. */
const MOST_RECEIVES = 5

/**
 * The dispatcher: one function that hosts the reactors of all domains, what wakes it, and how far
 * each reactor has come with each resource.
 */
export class Reactions extends Construct {
  readonly function: EventFunction
  readonly checkpoints: TableV2
  readonly #undelivered: Queue

  constructor(scope: Construct, id: string, props: ReactionsProps) {
    super(scope, id)
    const { domains, resources, stage, alarms } = props
    this.checkpoints = new TableV2(this, 'Checkpoints', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      sortKey: { name: 'reactor', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: 'due',
          partitionKey: { name: 'waiting', type: AttributeType.STRING },
          sortKey: { name: 'due', type: AttributeType.NUMBER },
          projectionType: ProjectionType.ALL,
        },
      ],
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: stage.removalPolicy,
      deletionProtection: stage.deletionProtection,
    })
    this.function = new EventFunction(this, 'Function', {
      entry: join(APPSYNC, 'reactions/reactions-entry.ts'),
      parts: {
        imports: [...domains.imports, ...resources.imports],
        expression: `{ domains: ${domains.expression}, resources: ${resources.expression} }`,
      },
      description: 'Streams of tables → reactors of all domains',
      timeout: TIMEOUT,
      environment: { CHECKPOINT_TABLE: this.checkpoints.tableName },
    })
    this.#grant(this.function, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query')
    // What even the reconciler could not be told of.
    const deadLetters = new Queue(this, 'DeadLetters', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    acknowledge(deadLetters, 'AwsSolutions-SQS3', 'It is a dead-letter queue itself')
    this.#undelivered = new Queue(this, 'Undelivered', {
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      // As Lambda wants it: six times as long as the function may take.
      visibilityTimeout: Duration.seconds(6 * TIMEOUT.toSeconds()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MOST_RECEIVES },
    })
    this.function.addEventSource(new SqsEventSource(this.#undelivered))
    // What is far behind may have lost something: the reconciler looks.
    alarms.addStreamReader(this.function, this.function)
    const parked = 'A reactor failed at a resource, whose events wait: docs/reactions.md'
    alarms.addCount(this.function, 'ParkedResources', parked)
    alarms.addDeadLetters(deadLetters)
    this.#every('TakeUp', TAKE_UP, { work: 'take up' })
    this.#every('Reconcile', RECONCILE, { work: 'reconcile' })
  }

  /** Lists of what is parked, and of how far reactors have come. */
  grantRead(reader: EventFunction): void {
    this.#grant(reader, 'dynamodb:Query', 'dynamodb:Scan')
  }

  /** Changes of what a reactor has to do about a resource, or about all of them. */
  grantOperate(operator: EventFunction): void {
    this.#grant(operator, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan')
  }

  /** The reactors may read and commit to this table. */
  addTable(table: EventTable, resource: string): void {
    this.function.addEnvironment(tableVariable(resource), table.table.tableName)
    table.grantReadAll(this.function)
    table.grantCommit(this.function)
  }

  /** New events of this table wake the dispatcher. */
  reactTo(table: EventTable, resource: string): void {
    table.addReader(this.function, `${resource}Stream`, this.#undelivered)
  }

  #grant(grantee: EventFunction, ...actions: readonly string[]): void {
    this.checkpoints.grant(grantee, ...actions)
    acknowledge(
      grantee,
      `AwsSolutions-IAM5[Resource::<${logicalIdOf(this.checkpoints)}.Arn>/index/*]`,
      'The index of what is due',
    )
  }

  #every(id: string, period: Duration, event: object): void {
    const input = RuleTargetInput.fromObject(event)
    new Rule(this, id, {
      schedule: Schedule.rate(period),
      targets: [new LambdaFunction(this.function, { event: input })],
    })
  }
}
