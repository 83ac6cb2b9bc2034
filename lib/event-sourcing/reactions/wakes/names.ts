import { isPlainObject } from '../../state/state.ts'

/** Separates the name of a reactor from the name of its wake-up, in the name of a timer. */
const SEPARATOR = '@'
/** Names are part of a sort key. */
const NAME = /^[\w-]{1,100}$/

/** Returns the name under which the checkpoints of a reactor's wake-up are stored. */
export function timerName(reactor: string, wake: string): string {
  return `${reactor}${SEPARATOR}${wake}`
}

/** Returns the reactor of a timer. Returns undefined for a name that is not that of a timer. */
export function reactorOfTimer(name: string): string | undefined {
  const [reactor, wake] = name.split(SEPARATOR)
  return wake === undefined ? undefined : reactor
}

/** The type of a method, so that it takes the resources of any class. */
export type WakeMethod = (resource: object, wakeUp: object) => unknown

/** Returns the methods of a reactor for its wake-ups, by name. */
export function wakesOf(reactor: object): ReadonlyMap<string, WakeMethod> {
  const wakes: unknown = Reflect.get(reactor, 'wakes')
  if (!isPlainObject(wakes)) return new Map()
  const methods = Object.entries(wakes).flatMap(([name, method]): [string, WakeMethod][] =>
    typeof method === 'function'
      ? [[name, (resource, wakeUp) => Reflect.apply(method, wakes, [resource, wakeUp])]]
      : [],
  )
  return new Map(methods)
}

/** Returns the mistakes in a reactor's name and wake-ups, as the ends of sentences. */
export function wakeMistakes(name: string, reactor: object): string[] {
  const wakes: unknown = Reflect.get(reactor, 'wakes')
  const inName = name.includes(SEPARATOR)
    ? [`has a name with ${SEPARATOR}, which is reserved for wake-ups: rename it`]
    : []
  if (wakes === undefined) return inName
  if (!isPlainObject(wakes)) return [...inName, 'has wakes that are not an object of methods']
  const inWakes = Object.entries(wakes).flatMap(([wake, method]) => {
    if (!NAME.test(wake))
      return [`has a wake-up '${wake}': its name must be 1 to 100 letters, digits, - or _`]
    return typeof method === 'function' ? [] : [`has a wake-up ${wake} that is not a method`]
  })
  return [...inName, ...inWakes]
}
