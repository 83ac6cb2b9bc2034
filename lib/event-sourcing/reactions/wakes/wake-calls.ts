import { Misuse } from '../../runtime/composed-errors.ts'
import { instantOf } from '../../state/moment.ts'

/** A handler's call of `wakeAt` or `cancelWake`. */
export interface WakeCall {
  /** The name of the wake-up. */
  readonly name: string
  /** The instant, in milliseconds since the epoch. Undefined: the wake-up is cancelled. */
  readonly at: number | undefined
}

/** Collects what a handler asks for, until the handler has ended. */
export class WakeCalls {
  readonly #reactor: string
  readonly #names: readonly string[]
  /** The last call for each name: an earlier one has no effect. */
  readonly #calls = new Map<string, WakeCall>()
  #hasEnded = false

  /**
   * @param reactor the reactor's name
   * @param names the names of the reactor's wake-ups
   */
  constructor(reactor: string, names: readonly string[]) {
    this.#reactor = reactor
    this.#names = names
  }

  /** @throws InvalidArgument for a bad date; Misuse for an unknown name */
  readonly wakeAt = (when: Date | string, name: string): void => {
    this.#add('wakeAt', { name, at: instantOf('when', when) })
  }

  /** @throws Misuse for an unknown name */
  readonly cancelWake = (name: string): void => {
    this.#add('cancelWake', { name, at: undefined })
  }

  get made(): readonly WakeCall[] {
    return [...this.#calls.values()]
  }

  /** Refuses later calls, which would be lost. */
  end(): void {
    this.#hasEnded = true
  }

  #add(method: string, call: WakeCall): void {
    const { name } = call
    if (!this.#names.includes(name)) {
      const names = this.#names.join(', ') || 'none'
      throw new Misuse(
        `${method}: the reactor ${this.#reactor} has no method ${name} in wakes; it has: ${names}`,
      )
    }
    if (this.#hasEnded)
      throw new Misuse(
        `${method} was called after the handler of ${this.#reactor} had ended: await the work before it`,
      )
    this.#calls.set(name, call)
  }
}
