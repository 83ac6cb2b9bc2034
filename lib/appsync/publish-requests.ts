import type { Feed } from './feeds.ts'

/** An event on its way to subscribers. */
export interface Message {
  readonly feed: Feed
  /** The variables of one publish mutation: every field that the event has. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly bytes: number
  /** The stream record it came in. */
  readonly sequenceNumber: string
  /** What log lines say of it. */
  readonly event: Readonly<Record<string, unknown>>
}

/** Several publish mutations in one request: AppSync runs them in order. */
export interface PublishRequest {
  readonly body: string
  readonly first: Message
  readonly messages: readonly Message[]
}

/**
 * AppSync drops a subscription message over 240 KB without a word, and takes requests of 1 MB.
 * https://docs.aws.amazon.com/general/latest/gr/appsync.html
 */
const LARGEST_MESSAGE = 230 * 1024
const LARGEST_REQUEST = 900 * 1024
const MOST_MESSAGES = 100
const ALWAYS = ['id', 'number', 'type', 'created', 'commandId', 'traceId']

export function messageOf(
  feed: Feed,
  flat: Readonly<Record<string, unknown>>,
  sequenceNumber: string,
): Message {
  const whole = pick(flat, feed.fields)
  const isTooLarge = size(whole) > LARGEST_MESSAGE
  const variables = isTooLarge ? { ...pick(flat, ALWAYS), truncated: true } : whole
  const { id, number, type, traceId } = flat
  const event = { resource: feed.resource, id, number, type, traceId, truncated: isTooLarge }
  return { feed, variables, bytes: size(variables), sequenceNumber, event }
}

export function publishRequests(messages: readonly Message[]): PublishRequest[] {
  const groups: Message[][] = []
  let room = 0
  for (const message of messages) {
    const last = groups.at(-1)
    room -= message.bytes
    if (last && room >= 0 && last.length < MOST_MESSAGES) {
      last.push(message)
    } else {
      groups.push([message])
      room = LARGEST_REQUEST - message.bytes
    }
  }
  return groups.flatMap((group) => (group[0] ? [publishRequest(group[0], group)] : []))
}

function publishRequest(first: Message, messages: readonly Message[]): PublishRequest {
  const declarations = messages.map(({ feed }, index) => `$e${index}: ${feed.input}!`)
  const fields = messages.map(
    ({ feed: { mutation, fields } }, index) =>
      `e${index}: ${mutation}(event: $e${index}) { ${fields.join(' ')} }`,
  )
  const query = `mutation Publish(${declarations.join(', ')}) {\n${fields.join('\n')}\n}`
  const variables = Object.fromEntries(
    messages.map((message, index) => [`e${index}`, message.variables]),
  )
  return { body: JSON.stringify({ query, variables }), first, messages }
}

function pick(from: Readonly<Record<string, unknown>>, fields: readonly string[]) {
  return Object.fromEntries(fields.flatMap((name) => (name in from ? [[name, from[name]]] : [])))
}

function size(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
