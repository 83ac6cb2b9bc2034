import { jsonBytes, type Message } from './message.ts'

/** Several publish mutations in one request. AppSync runs them in order. */
export interface PublishRequest {
  readonly body: string
  readonly messages: readonly Message[]
  /** The key of each message's result in the answer. */
  readonly keys: readonly string[]
}

/**
 * AppSync accepts requests up to 1 MB. https://docs.aws.amazon.com/general/latest/gr/appsync.html
 */
const LARGEST_REQUEST = 900 * 1024
/**
 * The maximum number of messages per request. The stack checks it against the API's limit of
 * resolvers per request.
 */
export const MOST_MESSAGES = 100

/** Groups the messages in order, one group per request. */
export function requestGroups(messages: readonly Message[]): (readonly Message[])[] {
  const groups: Message[][] = []
  let room = 0
  for (const message of messages) {
    const last = groups.at(-1)
    const bytes = requestBytes(message)
    room -= bytes
    if (last && room >= 0 && last.length < MOST_MESSAGES) {
      last.push(message)
    } else {
      groups.push([message])
      room = LARGEST_REQUEST - bytes
    }
  }
  return groups
}

/**
 * Returns the request that publishes messages, each under an alias with its position: `e0`, `e1` …
 * A single message has no alias: reports differ on whether AppSync delivers a mutation with an alias.
 */
export function publishRequest(messages: readonly Message[]): PublishRequest {
  const declarations = messages.map(declaration)
  const [single, another] = messages
  const isSingle = single !== undefined && another === undefined
  const fields = messages.map(isSingle ? field : mutation)
  const keys = isSingle ? [single.feed.mutation] : messages.map((_, index) => `e${index}`)
  const query = `mutation Publish(${declarations.join(', ')}) {\n${fields.join('\n')}\n}`
  const variables = Object.fromEntries(
    messages.map((message, index) => [`e${index}`, message.variables]),
  )
  return { body: JSON.stringify({ query, variables }), messages, keys }
}

function declaration({ feed: { input } }: Message, index: number): string {
  return `$e${index}: ${input}!`
}

function mutation(message: Message, index: number): string {
  return `e${index}: ${field(message, index)}`
}

function field({ feed: { mutation: name, fields } }: Message, index: number): string {
  return `${name}(event: $e${index}) { ${fields.join(' ')} }`
}

/** Returns the bytes that a message adds to a request: its variables and its part of the query. */
function requestBytes(message: Message): number {
  const query = `${declaration(message, MOST_MESSAGES)}, ${mutation(message, MOST_MESSAGES)}\n`
  return jsonBytes({ [`e${MOST_MESSAGES}`]: message.variables, query })
}
