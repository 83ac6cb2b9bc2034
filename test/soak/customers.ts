import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../../lib/local/faults/dice.ts'

/** The outcome of a command after all its tries. */
export interface Command {
  readonly commandId: string
  readonly field: 'addSeats' | 'reserveSeats' | 'placeBooking' | 'cancelBooking'
  readonly input: Readonly<Record<string, unknown>>
  /** Undefined if the command was rejected. */
  readonly result?: { readonly id: string }
  readonly refusal?: string
  readonly tries: number
}

interface Answer {
  readonly data?: Readonly<Record<string, { readonly id: string; readonly status?: string }>> | null
  readonly errors?: readonly { readonly errorType: string }[]
}

export type Call = (query: string, variables: object) => Promise<unknown>

export interface CustomersOptions {
  readonly call: Call
  /** The dice for random decisions. */
  readonly roll: Dice
  /** The prefix of the command ids. */
  readonly run: string
  /** Receives the id of each booking. */
  readonly booked: (id: string) => void
}

/** The errors of rules. They end a command. */
const REFUSALS = ['SoldOut', 'BookingNotOpen', 'NotReserved']

/** The maximum wait for a booking, in milliseconds. */
const PATIENCE = 10_000

/**
 * Customers who send one command after another. They repeat each command with its command id until
 * the command is accepted or a rule rejects it.
 */
export class Customers {
  readonly done: Command[] = []
  readonly concerts: string[] = []
  readonly bookings: string[] = []
  readonly #call: Call
  readonly #roll: Dice
  readonly #run: string
  readonly #booked: (id: string) => void
  #sent = 0

  constructor({ call, roll, run, booked }: CustomersOptions) {
    this.#call = call
    this.#roll = roll
    this.#run = run
    this.#booked = booked
  }

  /** @param count the number of concerts to create */
  async stock(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const { result } = await this.#send('addSeats', { amount: 50 })
      if (result) this.concerts.push(result.id)
    }
  }

  /** Sends this number of commands from `atOnce` concurrent customers. */
  async shop(commands: number, atOnce: number): Promise<void> {
    let left = commands
    const customer = async () => {
      while (left > 0) {
        left -= 1
        await this.#next()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, customer))
  }

  async #next(): Promise<void> {
    const kind = this.#roll()
    if (kind < 0.1) {
      const amount = 1 + Math.floor(this.#roll() * 10)
      await this.#send('addSeats', { id: this.#one(this.concerts), amount })
    } else if (kind < 0.2) {
      await this.#send('reserveSeats', { id: this.#one(this.concerts) })
    } else if (kind < 0.8 || this.bookings.length === 0) {
      const quantity = 1 + Math.floor(this.#roll() * 3)
      const booking = { concertId: this.#one(this.concerts), quantity }
      const { result } = await this.#send('placeBooking', booking)
      if (result) {
        this.bookings.push(result.id)
        this.#booked(result.id)
      }
    } else {
      const id = this.#one(this.bookings)
      // Some customers cancel at once, and some after their seats are reserved.
      if (this.#roll() < 0.5) await this.#settled(id)
      await this.#send('cancelBooking', { id })
    }
  }

  /** Waits for a limited time until a booking is settled. */
  async #settled(id: string): Promise<void> {
    const query = 'query ($id: ID!) { booking(id: $id) { id status } }'
    for (const until = Date.now() + PATIENCE; Date.now() < until; await delay(200)) {
      const status = (await this.#try(query, { id }))?.data?.booking?.status
      if (status !== undefined && status !== 'PLACED') return
    }
  }

  async #send(field: Command['field'], given: Command['input']): Promise<Command> {
    this.#sent += 1
    const commandId = `${this.#run}-${this.#sent}`
    const input = { ...given, commandId }
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`
    const mutation = `mutation ($input: ${type}!) { ${field}(input: $input) { id } }`
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#try(mutation, { input })
      const result = answer?.data?.[field]
      const refusal = answer?.errors?.[0]?.errorType
      if (!result && !(refusal && REFUSALS.includes(refusal))) {
        await delay(20 + this.#roll() * 30 * Math.min(tries, 20))
        continue
      }
      const command = { commandId, field, input, tries, ...(result ? { result } : {}) }
      const ended = refusal === undefined ? command : { ...command, refusal }
      this.done.push(ended)
      return ended
    }
  }

  /** Returns undefined if there is no GraphQL answer. */
  async #try(mutation: string, variables: object): Promise<Answer | undefined> {
    try {
      const answer: Answer = await this.#call(mutation, variables).then((value) =>
        JSON.parse(JSON.stringify(value)),
      )
      return answer
    } catch {
      return undefined
    }
  }

  #one(of: readonly string[]): string {
    return of[Math.floor(this.#roll() * of.length)] ?? ''
  }
}
