import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { Agent } from 'node:http'
import type { GraphQLSchema } from 'graphql'
import type { UserPool } from '../../../lib/local/users/user-pools.ts'
import type { Dice } from '../../local/appsync/support/dice.ts'
import type { LocalRun } from '../../support/local-run.ts'
import { type Caller, callerWith, keyHolder, poolOf, poolUser } from './callers.ts'
import { placeOrder, restock } from './shop.ts'

/** The group of those who may restock. */
export const STAFF = 'staff'

/** The run under attack, its victim and its attackers. */
export interface Scene {
  readonly run: LocalRun
  readonly schema: GraphQLSchema
  readonly pool: UserPool
  /** A key that the user pool does not have. */
  readonly foreignKey: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  readonly alice: Caller
  /** The callers who must not see anything of Alice's. Operators (IAM) may. */
  readonly attackers: readonly Caller[]
  readonly bob: Caller
  /** The ids of Alice's orders. Attackers send them, and never receive their contents. */
  readonly orders: string[]
  /** Texts in Alice's orders that nobody sends, and that nobody else may receive. */
  readonly secrets: string[]
  readonly bobsOrder: string
  readonly product: string
  readonly agent: Agent
}

export type Making = Scene & { readonly dice: Dice }

export async function startScene(run: LocalRun, schema: GraphQLSchema): Promise<Scene> {
  const bob = await poolUser(run, 'bob')
  const alice = await poolUser(run, 'alice', { sub: `alice-${randomUUID()}` })
  const attackers = [
    bob,
    await poolUser(run, 'staff', { groups: [STAFF] }),
    keyHolder(run),
    callerWith('nobody', {}),
  ]
  const scene: Scene = {
    run,
    schema,
    pool: await poolOf(run),
    foreignKey: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    alice,
    attackers,
    bob,
    orders: [],
    secrets: [alice.sub ?? ''],
    bobsOrder: await placeOrder(run, bob),
    product: await restock(run, 1_000_000),
    agent: new Agent({ keepAlive: true, maxSockets: 16 }),
  }
  for (let count = 0; count < 3; count += 1) await plantSecrets(scene)
  return scene
}

/**
 * Places an order of Alice's with contents that appear nowhere else. Its product does not exist, so
 * that the feed of products, which everyone may read, never names the order.
 */
export async function plantSecrets({ run, alice, orders, secrets }: Scene): Promise<void> {
  const [productId, commandId] = [randomUUID(), `secret-${randomUUID()}`]
  secrets.push(productId, commandId)
  orders.push(await placeOrder(run, alice, { productId, commandId, quantity: 7 }))
}
