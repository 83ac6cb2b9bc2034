import { inspect, types } from 'node:util'

/** The description of a thrown value. */
export interface Thrown {
  /** The error's name, or the type of a value that is not an error. */
  readonly name: string
  readonly message: string
  /** The stack of an error. Absent for other values, which have none. */
  readonly stack?: string
  /** The file, line and column that threw the error, outside of libraries. Absent if not known. */
  readonly at?: string
}

/** A frame of a stack: `at place (file:///path/file.ts:12:3)`, also without parentheses. */
const FRAME = /^\s+at .*?\(?((?:file:\/\/|\/|[A-Za-z]:[\\/]|[\w.-]+\/)[^()]*:\d+:\d+)\)?$/

/**
 * Describes any thrown value. JavaScript can throw a text, undefined, or an error whose getters
 * throw. Never throws.
 */
export function describeThrown(thrown: unknown): Thrown {
  const stack = property(thrown, 'stack')
  if (typeof stack !== 'string') return { name: nameOf(thrown), message: messageOf(thrown) }
  const at = placeIn(stack)
  return {
    name: nameOf(thrown),
    message: messageOf(thrown),
    stack,
    ...(at !== undefined && { at }),
  }
}

/** Returns a property of a thrown value. Returns undefined if it has none, or if its getter throws. */
export function property(thrown: unknown, name: string): unknown {
  if (typeof thrown !== 'object' || thrown === null) return undefined
  try {
    return Reflect.get(thrown, name)
  } catch {
    return undefined
  }
}

function nameOf(thrown: unknown): string {
  const name = property(thrown, 'name')
  if (typeof name === 'string' && name !== '') return name
  return thrown === null ? 'null' : typeof thrown
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  const message = property(thrown, 'message')
  if (typeof message === 'string' && message !== '') return message
  const errors = property(thrown, 'errors')
  if (Array.isArray(errors) && errors.length > 0) return errors.map(messageOf).join('; ')
  if (!types.isNativeError(thrown)) return textOf(thrown)
  return message === '' ? 'The error has no message' : 'The error has no readable message'
}

function textOf(thrown: unknown): string {
  try {
    return inspect(thrown, { depth: 3, maxStringLength: 1000 })
  } catch {
    return 'A value that cannot be shown'
  }
}

function placeIn(stack: string): string | undefined {
  for (const line of stack.split('\n')) {
    const [, place] = FRAME.exec(line) ?? []
    if (place !== undefined && !place.includes('node_modules')) return place
  }
  return undefined
}
