import { Duration, Names } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { LambdaAction, SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
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

/**
 * The alarms of a stack: on the counters of functions, on functions that are behind their streams,
 * and on dead-letter queues. See docs/feed.md for the action on each alarm.
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
    this.#add(metricName, description, metric, 1)
  }

  /**
   * Adds an alarm on how far a function is behind its streams.
   * @param wakes a function that the alarm invokes; default: none
   */
  addStreamReader(reader: IFunction, wakes?: IFunction): void {
    const metric = reader.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: PERIOD })
    const description = `${reader.node.path} is behind its streams: see docs/feed.md`
    const alarm = this.#add(
      `IteratorAge-${Names.nodeUniqueId(reader.node)}`,
      description,
      metric,
      OLDEST_RECORD.toMilliseconds(),
      ComparisonOperator.GREATER_THAN_THRESHOLD,
    )
    if (wakes) alarm.addAlarmAction(new LambdaAction(wakes))
  }

  /** Adds an alarm on messages in a dead-letter queue. */
  addDeadLetters(queue: IQueue): void {
    const metric = queue.metricApproximateNumberOfMessagesVisible({
      statistic: Stats.MAXIMUM,
      period: PERIOD,
    })
    const description = `${queue.node.path} has messages about records that were not processed: see docs/feed.md`
    this.#add(`DeadLetters-${Names.nodeUniqueId(queue.node)}`, description, metric, 1)
  }

  #add(
    id: string,
    alarmDescription: string,
    metric: IMetric,
    threshold: number,
    comparisonOperator = ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  ): Alarm {
    const alarm = new Alarm(this, id, {
      alarmDescription,
      metric,
      threshold,
      comparisonOperator,
      evaluationPeriods: 1,
      // Missing data is normal: nothing was counted or read.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    if (this.#topic) alarm.addAlarmAction(new SnsAction(this.#topic))
    return alarm
  }
}
