import { type Signer, signedRequest } from '../../appsync/index.ts'
import { Broken, Skipped } from '../expectations.ts'
import type { LocalParts } from './deployment.ts'

/** An item as DynamoDB's API has it: `{ amount: { N: '3' } }`. */
export type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The table of products, and the metric of changes to its events. */
export interface EventTable {
  /** Returns one stored event. */
  event(id: string, number: number): Promise<Item>
  /** @throws Skipped if the caller may not write to the table */
  overwrite(item: Item): Promise<void>
  /** Returns the alarms on the metric `Tampering` that are in this stack. */
  alarms(): Promise<readonly TamperingAlarm[]>
  /**
   * Returns the sum of an alarm's metric.
   * @param since seconds since the epoch, at the start of a minute
   */
  sum(alarm: TamperingAlarm, since: number): Promise<number>
}

export interface TamperingAlarm {
  readonly AlarmName: string
  readonly StateValue: string
  readonly Namespace: string
  readonly MetricName: string
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[]
}

export interface EventTableOptions {
  readonly name: string
  readonly signer: Signer
  readonly signal: AbortSignal
  /** The endpoints of the local run. Default: those of the signer's region. */
  readonly local?: LocalParts
}

/** The reason why AWS usually refuses an operation. */
const WHY: Readonly<Record<string, string>> = {
  PutItem: ': the policy of the table protects its events',
}

/** Calls DynamoDB and CloudWatch with signed requests. */
export function eventTable({ name, signer, signal, local }: EventTableOptions): EventTable {
  const dynamodb = service('dynamodb', 'DynamoDB_20120810', local?.dynamodbEndpoint)
  const cloudwatch = service(
    'monitoring',
    'GraniteServiceVersion20100801',
    local?.cloudwatchEndpoint,
  )

  function service(service: string, target: string, endpoint?: string) {
    const url = `${endpoint ?? `https://${service}.${signer.region}.amazonaws.com`}/`
    return async <T>(operation: string, input: object): Promise<T> => {
      const request = await signedRequest({ ...signer, url, service }, JSON.stringify(input), {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${target}.${operation}`,
      })
      const response = await fetch(request, { signal })
      const text = await response.text()
      if (response.ok) return JSON.parse(text)
      if (text.includes('AccessDenied') || text.includes('not authorized'))
        throw new Skipped(
          `the caller may not call ${operation} of ${service}${WHY[operation] ?? ''}`,
        )
      throw new Broken(
        `${operation} of ${service} answered HTTP status ${response.status}: ${text}`,
      )
    }
  }

  return {
    async event(id, number) {
      const { Items = [] } = await dynamodb<{ Items?: readonly Item[] }>('Query', {
        TableName: name,
        ConsistentRead: true,
        KeyConditionExpression: '#id = :id AND #number = :number',
        ExpressionAttributeNames: { '#id': 'id', '#number': 'number' },
        ExpressionAttributeValues: { ':id': { S: id }, ':number': { N: `${number}` } },
      })
      const [item] = Items
      if (item) return item
      throw new Broken(`the table ${name}: expected event ${number} of ${id}; saw no such item`)
    },
    async overwrite(item) {
      await dynamodb('PutItem', { TableName: name, Item: item })
    },
    async alarms() {
      const found: TamperingAlarm[] = []
      let token: string | undefined
      do {
        const page: { MetricAlarms?: TamperingAlarm[]; NextToken?: string } = await cloudwatch(
          'DescribeAlarms',
          { AlarmTypes: ['MetricAlarm'], ...(token !== undefined && { NextToken: token }) },
        )
        found.push(...(page.MetricAlarms ?? []))
        token = page.NextToken
      } while (token)
      return found.filter(({ MetricName }) => MetricName === 'Tampering')
    },
    async sum({ Namespace, MetricName, Dimensions }, since) {
      const end = Math.ceil(Date.now() / 1000) + 60
      const { Datapoints = [] } = await cloudwatch<{ Datapoints?: readonly { Sum: number }[] }>(
        'GetMetricStatistics',
        {
          ...{ Namespace, MetricName, Dimensions },
          ...{ StartTime: since, EndTime: end, Period: 60, Statistics: ['Sum'] },
        },
      )
      return Datapoints.reduce((total, { Sum }) => total + Sum, 0)
    },
  }
}
