import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { schemaOf } from '../local/appsync/support/odd-api.ts'
import { eventually } from '../support/eventually.ts'
import type { LocalRun } from '../support/local-run.ts'
import { ask } from './support/asking.ts'
import { caseOf } from './support/cases/index.ts'
import { MEASURABLE, type Memory, memoryOf } from './support/memory.ts'
import { plantSecrets, type Scene, startScene } from './support/scene.ts'
import { startShop } from './support/shop.ts'
import { Watchers } from './support/watchers.ts'

const SEED = Number(process.env.ATTACK_SEED ?? Date.now() % 1_000_000)
const CASES = Number(process.env.ATTACK_CASES ?? 20_000)
/** The number of the only case, to repeat it alone. */
const ONLY = process.env.ATTACK_CASE
/** The attacks under way at the same time. */
const AT_ONCE = 16
/** The cases between two orders of Alice's. */
const BETWEEN_ORDERS = 500
/** The share of the cases that warm the process up. */
const WARM_UP = 0.4
/** The most MiB that the run may grow by after that. Threads collect their garbage late. */
const GROWTH: Memory = { heap: 25, process: 500 }
/** The most faults that are printed. */
const PRINTED = 5

let run: LocalRun

afterAll(async () => {
  await run?.remove()
})

test(`no attack crashes the run, stops it, lets it grow, or makes it tell something (ATTACK_SEED=${SEED})`, async () => {
  // The API key of a development stage may do everything, that of production may not.
  run = await startShop({ stage: 'prod', apiKey: 'on' }, MEASURABLE)
  const schema = schemaOf(readFileSync(join(__dirname, '../../schema.graphql'), 'utf8'))
  const scene = await startScene(run, schema)
  const watchers = await Watchers.start(scene)
  const start = performance.now()
  const kinds = new Map<string, number>()
  const faults: string[] = []
  let slowest = 0
  let next = ONLY === undefined ? 0 : Number(ONLY)
  const end = ONLY === undefined ? CASES : next + 1
  let warm: Memory | undefined

  const attacker = async () => {
    while (next < end) {
      const number = next
      next += 1
      if (number % BETWEEN_ORDERS === 0) await plantSecrets(scene)
      if (number === Math.floor(CASES * WARM_UP)) warm = await memoryOf(run)
      const { kind, sent, attack } = await caseOf(scene, SEED, number)
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      const began = performance.now()
      const problem = await attack().catch((error: unknown) => ({ fault: `${error}`, got: '' }))
      slowest = Math.max(slowest, performance.now() - began)
      if (problem) {
        const repeat = `ATTACK_SEED=${SEED} ATTACK_CASE=${number}`
        faults.push(`${repeat} ${kind}: ${problem.fault}\n${shown(sent)}\n${shown(problem.got)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, attacker))
  const seconds = Math.round((performance.now() - start) / 1000)
  const after = await memoryOf(run)
  const growth = {
    heap: Math.round(after.heap - (warm ?? after).heap),
    process: Math.round(after.process - (warm ?? after).process),
  }
  const counts = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ')
  process.stdout.write(
    `attack: ${counts} in ${seconds} s, the slowest in ${Math.round(slowest)} ms, ATTACK_SEED=${SEED} ATTACK_CASES=${CASES}, grew by ${growth.heap} MiB of objects, ${growth.process} MiB in all\n`,
  )

  expect(faults.slice(0, PRINTED)).toEqual([])
  expect(growth.heap).toBeLessThan(GROWTH.heap)
  expect(growth.process).toBeLessThan(GROWTH.process)
  await expectHealthy(scene)
  // Alice's newest secrets are delivered: then everybody else would have got them, too.
  await plantSecrets(scene)
  await eventually(async () => watchers.aliceReceived(scene) > 2 || undefined)
  expect(watchers.faults(scene)).toEqual([])
  await watchers.stop()
  scene.agent.destroy()
}, 600_000)

/** Expects that valid requests have their answers, and that no function and no request failed. */
async function expectHealthy({ alice, bob, orders: [order], bobsOrder }: Scene): Promise<void> {
  const query = (id = '') => `{ order(id: "${id}") { id } }`
  expect((await ask(run, alice, query(order))).data).toEqual({ order: { id: order } })
  expect((await ask(run, bob, query(bobsOrder))).data).toEqual({ order: { id: bobsOrder } })
  const failed = run.logs().filter(({ level }) => level === 'ERROR')
  expect(failed.slice(0, PRINTED)).toEqual([])
}

/** Returns a value for the report, with tokens cut. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.replaceAll(/eyJ[\w.-]{80,}/g, (token) => `${token.slice(0, 40)}...`).slice(0, 3000)
}
