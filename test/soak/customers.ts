import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../../lib/local/faults/dice.ts'
import { type Call, type Command, Sender } from './sender.ts'

export interface CustomersOptions {
  readonly call: Call
  /** The dice for random decisions. */
  readonly roll: Dice
  /** The prefix of the command ids. */
  readonly run: string
  /** Receives the id of each booking. */
  readonly booked: (id: string) => void
}

/** The maximum wait for a booking, in milliseconds. */
const PATIENCE = 10_000

/** Customers who send one command after another. */
export class Customers {
  readonly concerts: string[] = []
  readonly bookings: string[] = []
  readonly #sender: Sender
  readonly #roll: Dice
  readonly #booked: (id: string) => void

  constructor({ call, roll, run, booked }: CustomersOptions) {
    this.#sender = new Sender({ call, roll, run })
    this.#roll = roll
    this.#booked = booked
  }

  get done(): readonly Command[] {
    return this.#sender.done
  }

  /** @param count the number of concerts to create */
  async stock(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const { result } = await this.#sender.send('addSeats', { amount: 50 })
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
      await this.#sender.send('addSeats', { id: this.#one(this.concerts), amount })
    } else if (kind < 0.2) {
      await this.#sender.send('reserveSeats', { id: this.#one(this.concerts) })
    } else if (kind < 0.8 || this.bookings.length === 0) {
      const quantity = 1 + Math.floor(this.#roll() * 3)
      const booking = { concertId: this.#one(this.concerts), quantity }
      const { result } = await this.#sender.send('placeBooking', booking)
      if (result) {
        this.bookings.push(result.id)
        this.#booked(result.id)
      }
    } else {
      const id = this.#one(this.bookings)
      // Some customers cancel at once, and some after their seats are reserved.
      if (this.#roll() < 0.5) await this.#settled(id)
      await this.#sender.send('cancelBooking', { id })
    }
  }

  /** Waits for a limited time until a booking is settled. */
  async #settled(id: string): Promise<void> {
    const query = 'query ($id: ID!) { booking(id: $id) { id status } }'
    for (const until = Date.now() + PATIENCE; Date.now() < until; await delay(200)) {
      const status = (await this.#sender.try(query, { id }))?.data?.booking?.status
      if (status !== undefined && status !== 'PLACED') return
    }
  }

  #one(of: readonly string[]): string {
    return of[Math.floor(this.#roll() * of.length)] ?? ''
  }
}
