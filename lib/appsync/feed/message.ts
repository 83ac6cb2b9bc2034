import type { Feed } from './feeds.ts'

/** An event on its way to subscribers. */
export interface Message {
  readonly feed: Feed
  /** The variables of one publish mutation: all fields of the event. */
  readonly variables: Readonly<Record<string, unknown>>
  /** The sequence number of the event's stream record. */
  readonly sequenceNumber: string
  /** The event's attributes for log entries. */
  readonly event: Readonly<Record<string, unknown>>
  /** Whether subscribers get only the attributes of every event, and have to query the event. */
  readonly truncated: boolean
  /** The error that made the message truncated. Undefined: the size was the reason. */
  readonly failure?: unknown
}

/**
 * The size limit of a message. AppSync silently drops subscription messages over 240 KB. AppSync's
 * documentation does not define the counted bytes or a KB, so this limit is also below 240,000.
 * https://docs.aws.amazon.com/general/latest/gr/appsync.html
 */
const LARGEST_MESSAGE = 230 * 1024
const ALWAYS = ['id', 'number', 'type', 'created', 'commandId', 'traceId', 'owner', 'actor']

/** Returns the complete message of an event, regardless of its size. */
export function messageOf(
  feed: Feed,
  flat: Readonly<Record<string, unknown>>,
  sequenceNumber: string,
): Message {
  const { id, number, type, traceId, actor } = flat
  const event = { resource: feed.resource, id, number, type, traceId, ...(!!actor && { actor }) }
  const variables = pick(flat, feed.fields)
  return { feed, variables, sequenceNumber, event, truncated: false }
}

/**
 * Returns a message that AppSync accepts and delivers. Truncates it if it is too large.
 * @throws TypeError if a value does not exist in JSON
 */
export function fitting(message: Message): Message {
  const { feed, variables } = message
  const json = feed.json.filter((name) => (variables[name] ?? null) !== null)
  const texts = json.map((name) => [name, JSON.stringify(variables[name])])
  const whole = { ...message, variables: { ...variables, ...Object.fromEntries(texts) } }
  return deliveredBytes(whole) > LARGEST_MESSAGE ? truncated(whole) : whole
}

/** Returns the message with only the attributes that every event has. */
export function truncated(message: Message, failure?: unknown): Message {
  const { feed, variables } = message
  const always = ALWAYS.filter(
    (name) => feed.fields.includes(name) && ['string', 'number'].includes(typeof variables[name]),
  )
  const kept = { ...pick(variables, always), truncated: true }
  return { ...message, variables: kept, truncated: true, failure }
}

/**
 * Returns the size of the message for a subscriber that selects every field. Absent attributes are
 * null there.
 */
function deliveredBytes({ feed: { resource, fields }, variables }: Message): number {
  const all = Object.fromEntries(fields.map((name) => [name, delivered(variables[name])]))
  return jsonBytes({ data: { [`on${resource}Event`]: all } })
}

/**
 * Returns a value whose JSON is at least as long as the delivered one. A whole number may be a
 * Float, which a subscriber receives as 5.0.
 */
function delivered(value: unknown): unknown {
  if (typeof value === 'number') return `${value}`
  return Array.isArray(value) ? value.map(delivered) : (value ?? null)
}

function pick(from: Readonly<Record<string, unknown>>, fields: readonly string[]) {
  return Object.fromEntries(fields.flatMap((name) => (name in from ? [[name, from[name]]] : [])))
}

export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
