import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../../lib/local/faults/dice.ts'

/** The outcome of a command after all its tries. */
export interface Command {
  readonly commandId: string
  readonly field: Field
  readonly input: Readonly<Record<string, unknown>>
  /** Undefined if the command was rejected. */
  readonly result?: { readonly id: string }
  readonly refusal?: string
  readonly tries: number
}

type Field =
  | 'addSeats'
  | 'reserveSeats'
  | 'placeBooking'
  | 'cancelBooking'
  | 'restockProduct'
  | 'placeOrder'
  | 'cancelOrder'

interface Answer {
  readonly data?: Readonly<Record<string, { readonly id: string; readonly status?: string }>> | null
  readonly errors?: readonly { readonly errorType: string }[]
}

export type Call = (query: string, variables: object) => Promise<unknown>

export interface SenderOptions {
  readonly call: Call
  /** The dice for random pauses. */
  readonly roll: Dice
  /** The prefix of the command ids. */
  readonly run: string
}

/** The errors of rules. They end a command. */
const REFUSALS = ['SoldOut', 'BookingNotOpen', 'OrderNotOpen', 'NotReserved', 'Forbidden']

/** Repeats each command with its command id until it is accepted or a rule rejects it. */
export class Sender {
  readonly done: Command[] = []
  readonly #options: SenderOptions
  #sent = 0

  constructor(options: SenderOptions) {
    this.#options = options
  }

  async send(field: Field, given: Command['input']): Promise<Command> {
    const { roll, run } = this.#options
    this.#sent += 1
    const commandId = `${run}-${this.#sent}`
    const input = { ...given, commandId }
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`
    const mutation = `mutation ($input: ${type}!) { ${field}(input: $input) { id } }`
    for (let tries = 1; ; tries += 1) {
      const answer = await this.try(mutation, { input })
      const result = answer?.data?.[field]
      const refusal = answer?.errors?.[0]?.errorType
      if (!result && !(refusal && REFUSALS.includes(refusal))) {
        await delay(20 + roll() * 30 * Math.min(tries, 20))
        continue
      }
      const command = { commandId, field, input, tries, ...(result ? { result } : {}) }
      const ended = refusal === undefined ? command : { ...command, refusal }
      this.done.push(ended)
      return ended
    }
  }

  /** Returns undefined if there is no GraphQL answer. */
  async try(request: string, variables: object): Promise<Answer | undefined> {
    try {
      const answer: Answer = await this.#options
        .call(request, variables)
        .then((value) => JSON.parse(JSON.stringify(value)))
      return answer
    } catch {
      return undefined
    }
  }
}
