import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { synthesizeInto } from '../../support/assembly.ts'
import { eventually } from '../../support/eventually.ts'
import { LocalRun } from '../../support/local-run.ts'
import { newFolder } from '../../support/run-folder.ts'
import { ask } from './asking.ts'
import { type Caller, poolUser } from './callers.ts'

/** Starts the examples as they are deployed with this context. */
export async function startShop(
  context: object,
  env: Record<string, string> = {},
): Promise<LocalRun> {
  return LocalRun.start(undefined, env, ['--no-watch'], await synthesized(context))
}

/** Starts the examples with users of all modes. The tokens of OIDC come from this issuer. */
export async function startShopOfAllModes(issuer: string, context: object): Promise<LocalRun> {
  const folder = await synthesized({ ...context, modes: 'all' })
  const { stage } = { stage: 'dev', ...context }
  const file = join(folder, `EventSourcing-${stage}.template.json`)
  const template = readFileSync(file, 'utf8')
  writeFileSync(file, template.replaceAll('https://issuer.example.com', issuer))
  return LocalRun.start(undefined, {}, ['--no-watch'], folder)
}

async function synthesized(context: object): Promise<string> {
  const folder = newFolder('shop')
  await synthesizeInto(folder, 'attacked', context)
  return folder
}

/** Creates a product. Returns its id. */
export async function restock(run: LocalRun, amount: number): Promise<string> {
  const staff = await poolUser(run, 'restocker', { groups: ['staff'] })
  const query = `mutation { restockProduct(input: { amount: ${amount} }) { id } }`
  return idIn(await ask(run, staff, query))
}

export interface Placement {
  readonly productId?: string
  readonly quantity?: number
  readonly commandId?: string
}

/** Places an order and waits until it is confirmed or rejected. Returns its id. */
export async function placeOrder(
  run: LocalRun,
  caller: Caller,
  { productId = randomUUID(), quantity = 1, commandId = randomUUID() }: Placement = {},
): Promise<string> {
  const query = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { id } }'
  const id = idIn(await ask(run, caller, query, { input: { productId, quantity, commandId } }))
  await eventually(async () => {
    const { text } = await ask(run, caller, `{ order(id: "${id}") { status } }`)
    return text.includes('PLACED') ? undefined : text
  })
  return id
}

function idIn({ text }: { text: string }): string {
  const [, id] = /"id":"([0-9a-f-]{36})"/.exec(text) ?? []
  if (id === undefined) throw new Error(`The answer has no id: ${text}`)
  return id
}
