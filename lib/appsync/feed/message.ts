import type { Feed } from './feeds.ts'

/** An event on its way to subscribers. */
export interface Message {
  readonly feed: Feed
  /** The variables of one publish mutation: every field that the event has. */
  readonly variables: Readonly<Record<string, unknown>>
  /** The stream record it came in. */
  readonly sequenceNumber: string
  /** What log lines say of it. */
  readonly event: Readonly<Record<string, unknown>>
  /** Subscribers get only what is always there, and read the event with a query. */
  readonly truncated: boolean
  /** Why it is not published whole, where that is not for its size. */
  readonly failure?: unknown
}

/**
 * AppSync drops a subscription message over 240 KB without a word. Which bytes it counts, and how
 * many of them it calls a KB, it does not say: this is below 240,000, too.
 * https://docs.aws.amazon.com/general/latest/gr/appsync.html
 */
const LARGEST_MESSAGE = 230 * 1024
const ALWAYS = ['id', 'number', 'type', 'created', 'commandId', 'traceId']

/** The whole message of an event, however large. */
export function messageOf(
  feed: Feed,
  flat: Readonly<Record<string, unknown>>,
  sequenceNumber: string,
): Message {
  const { id, number, type, traceId } = flat
  const event = { resource: feed.resource, id, number, type, traceId }
  const variables = pick(flat, feed.fields)
  return { feed, variables, sequenceNumber, event, truncated: false }
}

/**
 * A message as AppSync takes it and subscribers can get it: truncated, where it is too large.
 * @throws TypeError where it has a value that JSON does not have
 */
export function fitting(message: Message): Message {
  const { feed, variables } = message
  const json = feed.json.filter((name) => (variables[name] ?? null) !== null)
  const texts = json.map((name) => [name, JSON.stringify(variables[name])])
  const whole = { ...message, variables: { ...variables, ...Object.fromEntries(texts) } }
  return deliveredBytes(whole) > LARGEST_MESSAGE ? truncated(whole) : whole
}

/** The same message with no more in it than every event has. */
export function truncated(message: Message, failure?: unknown): Message {
  const { feed, variables } = message
  const always = ALWAYS.filter(
    (name) => feed.fields.includes(name) && ['string', 'number'].includes(typeof variables[name]),
  )
  const kept = { ...pick(variables, always), truncated: true }
  return { ...message, variables: kept, truncated: true, failure }
}

/**
 * The bytes of the message as a subscriber gets it who asks for every field: what the event does not
 * have is null there.
 */
function deliveredBytes({ feed: { resource, fields }, variables }: Message): number {
  const all = Object.fromEntries(fields.map((name) => [name, delivered(variables[name])]))
  return jsonBytes({ data: { [`on${resource}Event`]: all } })
}

/**
 * A value that is as long in JSON as the delivered one at most: a whole number can be a Float, 5.0
 * to a subscriber.
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
