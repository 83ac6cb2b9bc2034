import { Aws, Duration } from 'aws-cdk-lib'
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { acknowledge } from '../acknowledge.ts'
import type { Alarms } from '../alarms.ts'
import type { EventTable } from '../tables/event-table.ts'
import type { EventFunction } from './event-function.ts'

/** The interval for running due work: parked resources, and work that an interrupted run left. */
const RUN_DUE = Duration.minutes(1)
/** The interval for finding events that the stream has missed. */
const RECONCILE = Duration.hours(6)
/** The number of reconciler attempts for a batch that Lambda gave up. */
const MOST_RECEIVES = 5

/** The address of Lambda in the region of the stack. */
export const LAMBDA_URL = `https://lambda.${Aws.REGION}.${Aws.URL_SUFFIX}`

export interface ReactorHostProps {
  readonly alarms: Alarms
  /** The description of the alarm on parked resources. */
  readonly parked: string
}

/**
 * The triggers and alarms of a function that hosts reactors: its schedules, the queue of batches
 * that Lambda gave up, and further invocations of the function itself.
 */
export class ReactorHost {
  readonly #scope: Construct
  readonly #function: EventFunction
  readonly #alarms: Alarms
  readonly #undelivered: Queue
  #readsStreams = false

  /** @param scope the construct of the function, which gets the other parts too */
  constructor(scope: Construct, target: EventFunction, { alarms, parked }: ReactorHostProps) {
    this.#scope = scope
    this.#function = target
    this.#alarms = alarms
    // Messages that the reconciler could not handle.
    const deadLetters = new Queue(scope, 'DeadLetters', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    acknowledge(deadLetters, 'AwsSolutions-SQS3', 'It is a dead-letter queue itself')
    this.#undelivered = new Queue(scope, 'Undelivered', {
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      // Lambda recommends six times the function's timeout.
      visibilityTimeout: Duration.seconds(6 * (target.timeout ?? Duration.minutes(5)).toSeconds()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MOST_RECEIVES },
    })
    target.addEventSource(new SqsEventSource(this.#undelivered))
    target.addEnvironment('AWS_ENDPOINT_URL_LAMBDA', LAMBDA_URL)
    this.letInvoke('InvokeItself', target)
    target.configureAsyncInvoke({ onFailure: new SqsDestination(this.#undelivered) })
    alarms.addStandstill(target)
    alarms.addCount(target, 'ParkedResources', parked)
    alarms.addDeadLetters(deadLetters)
    this.#every('RunDue', RUN_DUE, { work: 'run due' })
    this.#every('Reconcile', RECONCILE, { work: 'reconcile' })
  }

  /** Makes new events of a table wake the function. */
  readStream(table: EventTable, resource: string): void {
    // A long delay may mean lost records, so the alarm starts the reconciler.
    if (!this.#readsStreams) this.#alarms.addStreamReader(this.#function, this.#function)
    this.#readsStreams = true
    table.addReader(this.#function, `${resource}Stream`, {
      undelivered: this.#undelivered,
      alarms: this.#alarms,
    })
  }

  /**
   * Lets the function invoke a function. The policy is apart from the role's own, on which the
   * function depends: that would be a cycle.
   */
  letInvoke(id: string, { functionArn }: EventFunction): void {
    const policy = new Policy(this.#scope, id, {
      statements: [
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }),
      ],
    })
    const { role } = this.#function
    if (role) policy.attachToRole(role)
  }

  #every(id: string, period: Duration, event: object): void {
    const input = RuleTargetInput.fromObject(event)
    new Rule(this.#scope, id, {
      schedule: Schedule.rate(period),
      targets: [new LambdaFunction(this.#function, { event: input })],
    })
  }
}
