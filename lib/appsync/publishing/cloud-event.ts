import type { StoredEvent } from '../../event-sourcing/index.ts'

/**
 * An event for other teams, in the JSON format of CloudEvents 1.0.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export interface CloudEvent {
  readonly specversion: '1.0'
  /** The resource's id and the event's number: `2f1d6c1e-…#3`. The same at each repetition. */
  readonly id: string
  /** `/shopping/Product` */
  readonly source: string
  readonly type: string
  /** The resource's id. */
  readonly subject: string
  readonly time: string
  /**
   * The event's number, as a text that sorts like a number: `0000000003`.
   * https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/sequence.md
   */
  readonly sequence: string
  /** The X-Ray trace id of the request that caused the event. Absent without tracing. */
  readonly traceid?: string
  readonly datacontenttype?: 'application/json'
  /** The event's own attributes. Absent if the event is truncated. */
  readonly data?: Readonly<Record<string, unknown>>
  /** Whether the event was too large for the bus. */
  readonly truncated?: true
}

/** The resource type of an event, and the text that the stack chose for the domain. */
export interface Origin {
  /** Default in the stack: the name of the domain. */
  readonly source: string
  readonly resource: string
}

/** The digits of the largest number that CloudEvents has, which has 32 bits. */
const DIGITS = 10

/**
 * Returns an event for other teams. It has no caller, owner or command: they are the API's own
 * matters, and may identify a person.
 */
export function cloudEvent(event: StoredEvent, { source, resource }: Origin): CloudEvent {
  const { id, number, type, created, meta, ...data } = event
  const { traceId } = meta
  return {
    specversion: '1.0',
    id: `${id}#${number}`,
    source: `/${source}/${resource}`,
    type,
    subject: id,
    time: created,
    sequence: `${number}`.padStart(DIGITS, '0'),
    ...(traceId && { traceid: traceId }),
    datacontenttype: 'application/json',
    data,
  }
}

/** Returns the event without its data, for a bus that does not take it whole. */
export function truncated(event: CloudEvent): CloudEvent {
  const { data: _, datacontenttype: __, ...rest } = event
  return { ...rest, truncated: true }
}
