import { isObject, parsedJson, type UnknownObject } from '../json.ts'
import type { LogEntry } from '../lambda/index.ts'

/** A metric: its name, and the values of its dimensions. */
export interface Metric {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

interface Point {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly value: number
}

/** The most values that are kept of a metric. */
const MOST_POINTS = 10_000

/**
 * The values that functions write in the embedded metric format.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class Metrics {
  readonly #points = new Map<string, Point[]>()

  /** Records the values in a log entry. Other entries have none. */
  record({ message }: Pick<LogEntry, 'message'>): void {
    if (typeof message !== 'string' || !message.includes('"_aws"')) return
    const document = parsedJson(message)
    if (!isObject(document) || !isObject(document._aws)) return
    const { Timestamp: time, CloudWatchMetrics: directives } = document._aws
    if (typeof time !== 'number') return
    for (const directive of objectsIn(directives)) {
      for (const { Name: name } of objectsIn(directive.Metrics)) {
        for (const value of numbersIn(document[`${name}`])) {
          for (const dimensions of dimensionsOf(directive, document))
            this.#add(
              { namespace: `${directive.Namespace}`, name: `${name}`, dimensions },
              { time, value },
            )
        }
      }
    }
  }

  /** Returns the values after `from` and until `to`, in milliseconds since the epoch. */
  values(metric: Metric, from: number, to: number): readonly Point[] {
    const points = this.#points.get(keyOf(metric)) ?? []
    return points.filter(({ time }) => time > from && time <= to)
  }

  #add(metric: Metric, point: Point): void {
    const key = keyOf(metric)
    const points = this.#points.get(key) ?? []
    points.push(point)
    if (points.length > MOST_POINTS) points.shift()
    this.#points.set(key, points)
  }
}

function keyOf({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()])
}

/** Returns each set of dimensions with the values in the document. */
function dimensionsOf({ Dimensions: sets }: UnknownObject, document: UnknownObject) {
  const lists: unknown[] = Array.isArray(sets) ? sets : [[]]
  return lists.map((names) =>
    Object.fromEntries(
      (Array.isArray(names) ? names : []).map((name) => [`${name}`, `${document[`${name}`]}`]),
    ),
  )
}

function objectsIn(value: unknown): UnknownObject[] {
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : []
}

function numbersIn(value: unknown): number[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'number')
}
