import { join } from 'node:path'
import { Aws, Duration } from 'aws-cdk-lib'
import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Grant, Policy, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { busVariable, type Published, tableVariable } from '../../appsync/index.ts'
import { acknowledge } from '../acknowledge.ts'
import type { Alarms } from '../alarms.ts'
import type { Bus } from '../domains/published-domains.ts'
import { keepLogicalId } from '../logical-id.ts'
import type { Stage } from '../stage.ts'
import { denial, EXPIRY } from '../tables/denials.ts'
import type { EventTable } from '../tables/event-table.ts'
import { markWriterOfAll } from '../tables/writers.ts'
import type { ModuleParts } from './bundled-code.ts'
import { EventFunction } from './event-function.ts'
import { APPSYNC } from './field-functions.ts'

export interface ReactionsProps {
  /** The reactions files of the domains. */
  readonly domains: ModuleParts
  /** Whether these files have reactors. False: the function only publishes events. */
  readonly hasReactors: boolean
  /** The resources of all domains. */
  readonly resources: ModuleParts
  readonly stage: Stage
  readonly alarms: Alarms
}

const TIMEOUT = Duration.minutes(5)
/** The index of the checkpoints that are due. */
const DUE = 'due'
/**
 * The interval for running due work: wake-ups, parked resources, and work that an interrupted run left.
 */
const RUN_DUE = Duration.minutes(1)
/** The promised limit of a wake-up's delay. */
const LATEST_WAKE_UP = Duration.seconds(90)
/** The interval for finding events that the stream has missed. */
const RECONCILE = Duration.hours(6)
/** The number of reconciler attempts for a batch that Lambda gave up. */
const MOST_RECEIVES = 5

/**
 * The dispatcher: one function that hosts the reactors of all domains. Includes its triggers and
 * its table of checkpoints for each reactor and resource.
 */
export class Reactions extends Construct {
  readonly function: EventFunction
  readonly checkpoints: TableV2
  readonly #undelivered: Queue
  readonly #alarms: Alarms
  readonly #hasReactors: boolean
  readonly #published: Published[] = []
  /** The resources whose stream wakes the dispatcher. */
  readonly #woken = new Set<string>()

  constructor(scope: Construct, id: string, props: ReactionsProps) {
    super(scope, id)
    const { domains, hasReactors, resources, stage, alarms } = props
    this.#alarms = alarms
    this.#hasReactors = hasReactors
    this.checkpoints = new TableV2(this, 'Checkpoints', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      sortKey: { name: 'reactor', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: DUE,
          partitionKey: { name: 'waiting', type: AttributeType.STRING },
          sortKey: { name: 'due', type: AttributeType.NUMBER },
          projectionType: ProjectionType.ALL,
        },
      ],
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: stage.removalPolicy,
      deletionProtection: stage.isProtected,
      resourcePolicy: new PolicyDocument({
        statements: [denial('CheckpointsDoNotExpire', [EXPIRY])],
      }),
    })
    keepLogicalId(this.checkpoints, 'ReactionCheckpoints')
    this.function = new EventFunction(this, 'Function', {
      entry: join(APPSYNC, 'reactions/dispatcher-entry.ts'),
      parts: () => ({
        imports: [...domains.imports, ...resources.imports],
        expression: `{ domains: ${domains.expression}, published: ${JSON.stringify(this.#published)}, resources: ${resources.expression} }`,
      }),
      description: 'Runs the reactors of all domains on the streams of tables',
      timeout: TIMEOUT,
      environment: {
        CHECKPOINT_TABLE: this.checkpoints.tableName,
        AWS_ENDPOINT_URL_LAMBDA: `https://lambda.${Aws.REGION}.${Aws.URL_SUFFIX}`,
      },
    })
    this.#grant(this.function, 'dynamodb:GetItem', 'dynamodb:PutItem')
    this.#grantDue(this.function)
    // Messages that the reconciler could not handle.
    const deadLetters = new Queue(this, 'DeadLetters', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    acknowledge(deadLetters, 'AwsSolutions-SQS3', 'It is a dead-letter queue itself')
    this.#undelivered = new Queue(this, 'Undelivered', {
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      // Lambda recommends six times the function's timeout.
      visibilityTimeout: Duration.seconds(6 * TIMEOUT.toSeconds()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MOST_RECEIVES },
    })
    this.function.addEventSource(new SqsEventSource(this.#undelivered))
    this.#letInvokeItself()
    if (hasReactors && this.function.role) markWriterOfAll(this.function.role)
    // A long delay may mean lost records, so the alarm starts the reconciler.
    alarms.addStreamReader(this.function, this.function)
    alarms.addStandstill(this.function)
    const parked = 'A reactor failed at a resource, whose events now wait: see docs/reactions.md'
    alarms.addCount(this.function, 'ParkedResources', parked)
    const late = 'A wake-up of a reactor came late: see docs/reactions.md'
    alarms.addDelay(this.function, 'WakeUpDelay', LATEST_WAKE_UP, late)
    alarms.addDeadLetters(deadLetters)
    this.#every('RunDue', RUN_DUE, { work: 'run due' })
    this.#every('Reconcile', RECONCILE, { work: 'reconcile' })
  }

  /** Allows listing parked resources and the progress of reactors. */
  grantRead(reader: EventFunction): void {
    this.#grant(reader, 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan')
    this.#grantDue(reader)
  }

  /** Allows retry, skip and replay, for one resource or all of them. */
  grantOperate(operator: EventFunction): void {
    this.#grant(operator, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:Scan')
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
    table.addReader(this.function, `${resource}Stream`, {
      undelivered: this.#undelivered,
      alarms: this.#alarms,
    })
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

  /**
   * Lets the function run the reactions of a stream batch in another invocation. The policy is apart
   * from the role's own, on which the function depends: that would be a cycle.
   */
  #letInvokeItself(): void {
    const { functionArn, role } = this.function
    const policy = new Policy(this, 'InvokeItself', {
      statements: [
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }),
      ],
    })
    if (role) policy.attachToRole(role)
    this.function.configureAsyncInvoke({ onFailure: new SqsDestination(this.#undelivered) })
  }

  #grant(grantee: EventFunction, ...actions: readonly string[]): void {
    const resourceArns = [this.checkpoints.tableArn]
    Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns })
  }

  /** Allows queries of the index. The construct's own grants would include it in every right. */
  #grantDue(grantee: EventFunction): void {
    const resourceArns = [`${this.checkpoints.tableArn}/index/${DUE}`]
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns })
  }

  #every(id: string, period: Duration, event: object): void {
    const input = RuleTargetInput.fromObject(event)
    new Rule(this, id, {
      schedule: Schedule.rate(period),
      targets: [new LambdaFunction(this.function, { event: input })],
    })
  }
}
