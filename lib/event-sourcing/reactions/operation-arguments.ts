import { inspect } from 'node:util'
import { checkId, isId } from '../arguments.ts'
import { InvalidArgument } from '../errors.ts'
import { reactorOfTimer } from './wakes/names.ts'

/**
 * The most bytes of a reactor's name. It is a sort key with a mark:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const MOST_BYTES = 1000

/**
 * Checks the reactor, and the id of a resource, that an operator names.
 * @throws InvalidArgument or InvalidId for a text that cannot be one. The store would reject it as a
 * fault of its own
 */
export function checkOperation(reactor: string, id?: string): void {
  // The store keeps its own records under names with this mark.
  const isName = isId(reactor) && !reactor.startsWith('#')
  if (!isName || Buffer.byteLength(reactor) > MOST_BYTES) {
    const got = inspect(reactor, { maxStringLength: 100 })
    throw new InvalidArgument(
      `reactor must be the name of a reactor, such as ordering.fulfilment; got ${got}`,
      { argument: 'reactor', value: reactor },
    )
  }
  if (id !== undefined) checkId(id)
}

/**
 * Checks the name of a reactor for an operation that wake-ups do not have.
 * @param advice the end of the message, after the name of the reactor
 * @throws InvalidArgument for the name of a wake-up, such as ordering.deadline@unfulfilled
 */
export function checkNoTimer(name: string, advice: string): void {
  const reactor = reactorOfTimer(name)
  if (reactor === undefined) return
  throw new InvalidArgument(`${name} is a wake-up of the reactor ${reactor}: ${advice}`, {
    argument: 'reactor',
    value: name,
  })
}
