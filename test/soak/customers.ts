import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../../lib/local/faults/dice.ts'

/** What became of a command, after as many tries as it took. */
export interface Command {
  readonly commandId: string
  readonly field: 'addSeats' | 'reserveSeats' | 'placeBooking' | 'cancelBooking'
  readonly input: Readonly<Record<string, unknown>>
  /** Undefined: it was refused. */
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
  /** For what they do by chance. */
  readonly roll: Dice
  /** What their command ids begin with. */
  readonly run: string
  /** Hears of each booking. */
  readonly booked: (id: string) => void
}

/** The answers that a rule gives: a command that gets one has ended. */
const REFUSALS = ['SoldOut', 'BookingNotOpen', 'NotReserved']

/** In milliseconds. */
const PATIENCE = 10_000

/**
 * Customers who send one command after the other, each until it is accepted or refused by a rule,
 * under the same command id.
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

  /** @param count of concerts that there are to be */
  async stock(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const { result } = await this.#send('addSeats', { amount: 50 })
      if (result) this.concerts.push(result.id)
    }
  }

  /** Sends so many commands, as that many customers at once. */
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
      // Some think better of it at once, some when the concerts are reserved for them.
      if (this.#roll() < 0.5) await this.#settled(id)
      await this.#send('cancelBooking', { id })
    }
  }

  /** Waits until a booking is not pending any more, for a while. */
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

  /** Undefined: there was no answer of GraphQL's. */
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
