import type { Dice } from '../../lib/local/faults/dice.ts'
import type { ShortTokens } from '../support/short-tokens.ts'
import { type Call, type Command, Sender } from './sender.ts'

export interface ShopperOptions {
  readonly user: string
  readonly tokens: ShortTokens
  /** Sends a request with the user's current token. */
  readonly call: Call
  readonly roll: Dice
  readonly run: string
  readonly products: readonly string[]
  /** Receives the id of each order. */
  readonly placed: (id: string) => void
}

/** A user who places and cancels orders, one after the other, and tries those of other users. */
export class Shopper {
  readonly user: string
  readonly tokens: ShortTokens
  readonly orders: string[] = []
  /** The breaches of the rules, a sentence each. None are allowed. */
  readonly breaches: string[] = []
  /** The number of tries of the orders of others. */
  intrusions = 0
  readonly #options: ShopperOptions
  readonly #sender: Sender

  constructor(options: ShopperOptions) {
    this.user = options.user
    this.tokens = options.tokens
    this.#options = options
    this.#sender = new Sender(options)
  }

  get done(): readonly Command[] {
    return this.#sender.done
  }

  /** @param others the orders of other users */
  async next(others: readonly string[]): Promise<void> {
    const { roll, products } = this.#options
    const kind = roll()
    if (kind < 0.15 && others.length > 0) {
      await this.#intrude(one(others, roll))
    } else if (kind < 0.75 || this.orders.length === 0) {
      await this.#place({ productId: one(products, roll), quantity: 1 + Math.floor(roll() * 3) })
    } else {
      const { refusal } = await this.#sender.send('cancelOrder', { id: one(this.orders, roll) })
      if (refusal === 'Forbidden') this.breaches.push(`${this.user} may not cancel an own order`)
    }
  }

  async #place(order: { readonly productId: string; readonly quantity: number }): Promise<void> {
    const { result, refusal } = await this.#sender.send('placeOrder', order)
    if (refusal !== undefined) this.breaches.push(`${this.user} may not order: ${refusal}`)
    if (!result) return
    this.orders.push(result.id)
    this.#options.placed(result.id)
  }

  async #intrude(id: string): Promise<void> {
    this.intrusions += 1
    const read = 'query ($id: ID!) { order(id: $id) { id } }'
    const { data } = (await this.#sender.try(read, { id })) ?? {}
    if (data?.order) this.breaches.push(`${this.user} has read ${id}`)
    const { refusal } = await this.#sender.send('cancelOrder', { id })
    if (refusal !== 'Forbidden') this.breaches.push(`${this.user} may cancel ${id}: ${refusal}`)
  }
}

function one(of: readonly string[], roll: Dice): string {
  return of[Math.floor(roll() * of.length)] ?? ''
}
