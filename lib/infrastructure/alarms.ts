import { Duration, Names } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { LambdaAction, SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { IEventSourceMapping, IFunction } from 'aws-cdk-lib/aws-lambda'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { METRICS } from '../appsync/index.ts'

export interface AlarmsProps {
  /** The topic that receives alarms. Default: none, so that alarms only appear in CloudWatch. */
  readonly topic?: ITopic | undefined
}

const PERIOD = Duration.minutes(5)
const OLDEST_RECORD = Duration.minutes(5)
/** The consecutive periods in which a function fails before the alarm. */
const FAILING_PERIODS = 3
/**
 * The periods of one day with commits of which the mapping read nothing, before the alarm. One or two
 * may be events that were read just after the end of the period.
 */
const UNREAD_PERIODS = 3
const PERIODS_OF_A_DAY = 288

interface Condition {
  readonly description: string
  readonly metric: IMetric
  /** The lowest value that raises the alarm. */
  readonly threshold: number
  /** How many of how many periods raise the alarm. Default: one; `breaching`: all. */
  readonly periods?: { readonly all: number; readonly breaching?: number }
}

/**
 * The alarms of a stack: on the counters of functions, on functions that are behind their streams or
 * stand still, and on dead-letter queues. See docs/feed.md for the action on each alarm.
 */
export class Alarms extends Construct {
  readonly #topic: ITopic | undefined

  constructor(scope: Construct, id: string, { topic }: AlarmsProps = {}) {
    super(scope, id)
    this.#topic = topic
  }

  /**
   * Adds an alarm on a counter of a function, over all resources. A count of one raises the alarm.
   * @param period the time that is counted; default: five minutes
   */
  addCount(counter: IFunction, metricName: string, description: string, period = PERIOD): void {
    const metric = new Metric({
      namespace: METRICS,
      metricName,
      dimensionsMap: { function: counter.functionName },
      statistic: Stats.SUM,
      period,
    })
    this.#add(metricName, { description, metric, threshold: 1 })
  }

  /**
   * Adds an alarm on a time that a function records, over all resources.
   * @param most the time that raises the alarm
   */
  addDelay(recorder: IFunction, metricName: string, most: Duration, description: string): void {
    const metric = new Metric({
      namespace: METRICS,
      metricName,
      dimensionsMap: { function: recorder.functionName },
      statistic: Stats.MAXIMUM,
      period: PERIOD,
    })
    this.#add(metricName, { description, metric, threshold: most.toMilliseconds() })
  }

  /**
   * Adds an alarm on how far a function is behind its streams.
   * @param wakes a function that the alarm invokes; default: none
   */
  addStreamReader(reader: IFunction, wakes?: IFunction): void {
    const metric = reader.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: PERIOD })
    const description = `${reader.node.path} is behind its streams: see docs/feed.md`
    const alarm = this.#add(`IteratorAge-${Names.nodeUniqueId(reader.node)}`, {
      description,
      metric,
      threshold: OLDEST_RECORD.toMilliseconds(),
    })
    if (wakes) alarm.addAlarmAction(new LambdaAction(wakes))
  }

  /** Adds an alarm on a function whose invocations fail or are throttled for a quarter of an hour. */
  addStandstill(target: IFunction): void {
    const count = (name: string) => target.metric(name, { statistic: Stats.SUM, period: PERIOD })
    const metric = new MathExpression({
      expression: 'FILL(errors, 0) + FILL(throttles, 0)',
      usingMetrics: { errors: count('Errors'), throttles: count('Throttles') },
      period: PERIOD,
    })
    this.#add(`Standstill-${Names.nodeUniqueId(target.node)}`, {
      description: `${target.node.path} fails or is throttled all the time: see docs/feed.md`,
      metric,
      threshold: 1,
      periods: { all: FAILING_PERIODS },
    })
  }

  /**
   * Adds an alarm on an event source mapping that reads none of a table's events, for example because
   * it is disabled. A function that is not invoked has no `IteratorAge`.
   */
  addUnread(mapping: IEventSourceMapping, table: TableV2): void {
    const puts = new Metric({
      namespace: 'AWS/DynamoDB',
      // Conditional puts that were rejected count as consumed capacity, but not as successful.
      metricName: 'SuccessfulRequestLatency',
      dimensionsMap: { TableName: table.tableName, Operation: 'PutItem' },
      statistic: Stats.SAMPLE_COUNT,
      period: PERIOD,
    })
    const polled = new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'PolledEventCount',
      dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
      statistic: Stats.SUM,
      period: PERIOD,
    })
    this.#add(`Unread-${Names.nodeUniqueId(mapping.node)}`, {
      description: `${mapping.node.path} does not read the events of its table: see docs/feed.md`,
      metric: new MathExpression({
        expression: 'IF(FILL(puts, 0) > 0 AND FILL(polled, 0) == 0, 1, 0)',
        usingMetrics: { puts, polled },
        period: PERIOD,
      }),
      threshold: 1,
      periods: { all: PERIODS_OF_A_DAY, breaching: UNREAD_PERIODS },
    })
  }

  /** Adds an alarm on messages in a dead-letter queue. */
  addDeadLetters(queue: IQueue): void {
    const metric = queue.metricApproximateNumberOfMessagesVisible({
      statistic: Stats.MAXIMUM,
      period: PERIOD,
    })
    const description = `${queue.node.path} has messages about records that were not processed: see docs/feed.md`
    this.#add(`DeadLetters-${Names.nodeUniqueId(queue.node)}`, {
      description,
      metric,
      threshold: 1,
    })
  }

  #add(id: string, { description, metric, threshold, periods = { all: 1 } }: Condition): Alarm {
    const alarm = new Alarm(this, id, {
      alarmDescription: description,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods.all,
      datapointsToAlarm: periods.breaching ?? periods.all,
      // Missing data is normal: nothing was counted or read.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    if (this.#topic) alarm.addAlarmAction(new SnsAction(this.#topic))
    return alarm
  }
}
