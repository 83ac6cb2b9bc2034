import { isObject } from './errors.ts'

/** The fields of every event of the API. */
export interface ApiEvent {
  readonly id: string
  /** 1, 2, 3 … within its resource, without gaps. */
  readonly number: number
  readonly type: string
  /** ISO 8601, UTC. */
  readonly created: string
}

/** The fields of every resource of the API. */
export interface ApiResource {
  readonly id: string
  /** The number of its last event. */
  readonly version: number
}

/** The keys of each member of a union. */
type KeyOf<T> = T extends unknown ? Extract<keyof T, string> : never

/** The name of a field. A field that is an object has a selection after it: `address { city }`. */
export type Field<T> = KeyOf<T> | `${KeyOf<T>} {${string}`

/** An event as a message carries it. */
export interface Message<E> {
  readonly event: E
  /** True if the event was too large for a message. It then has only the fields of every event. */
  readonly truncated: boolean
}

/** Returns the message in a value; undefined if the value is not an event. */
export function messageOf<E extends ApiEvent>(value: unknown): Message<E> | undefined {
  if (!isObject(value)) return undefined
  const { truncated, ...event } = value
  return isEvent<E>(event) ? { event, truncated: truncated === true } : undefined
}

function isEvent<E extends ApiEvent>(value: Record<string, unknown>): value is E & typeof value {
  const { id, number, type } = value
  return typeof id === 'string' && Number.isSafeInteger(number) && typeof type === 'string'
}
