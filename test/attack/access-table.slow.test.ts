import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Issuer, stopIssuers } from '../local/appsync/support/issuer.ts'
import { schemaOf } from '../local/appsync/support/odd-api.ts'
import type { LocalRun } from '../support/local-run.ts'
import { ask } from './support/asking.ts'
import { type Caller, callerWith, keyHolder, poolUser, signer } from './support/callers.ts'
import { placeOrder, startShop, startShopOfAllModes } from './support/shop.ts'
import { askAll } from './support/table.ts'

jest.setTimeout(120_000)

const ROOT = join(__dirname, '../..')
const ROUNDS = 200

let run: LocalRun

afterEach(async () => {
  await run?.remove()
  await stopIssuers()
})

// yes: allowed. -: Forbidden by the rule. closed: Unauthorized by the schema. 401: unknown caller.
const DEVELOPMENT = `
                      key     iam     alice   bob     staff   nobody
order own             yes     yes     yes     yes     yes     401
order other           yes     yes     -       -       -       401
order missing         yes     yes     -       -       -       401
orders                yes     yes     yes     yes     yes     401
orderEvents own       yes     yes     yes     yes     yes     401
orderEvents other     yes     yes     -       -       -       401
orderEvents missing   yes     yes     -       -       -       401
ordersOfOwner         yes     yes     yes     yes     yes     401
ordersOfOwner own     yes     yes     yes     yes     yes     401
ordersOfOwner other   yes     yes     -       -       -       401
ordersOfOwner missing yes     yes     -       -       -       401
product               yes     yes     yes     yes     yes     401
products              yes     yes     yes     yes     yes     401
productEvents         yes     yes     yes     yes     yes     401
productsByStatus      yes     yes     yes     yes     yes     401
reservedByDay         yes     yes     yes     yes     yes     401
views                 closed  yes     closed  closed  closed  401
viewTables            closed  yes     closed  closed  closed  401
reactors              closed  yes     closed  closed  closed  401
reactorProgress       closed  yes     closed  closed  closed  401
parkedReactions       closed  yes     closed  closed  closed  401
placeOrder            yes     yes     yes     yes     yes     401
cancelOrder own       yes     yes     yes     yes     yes     401
cancelOrder other     yes     yes     -       -       -       401
cancelOrder missing   yes     yes     -       -       -       401
publishOrderEvent     closed  yes     closed  closed  closed  401
restockProduct        yes     yes     -       -       yes     401
reserveProduct        yes     yes     yes     yes     yes     401
publishProductEvent   closed  yes     closed  closed  closed  401
retryReaction         closed  yes     closed  closed  closed  401
skipReaction          closed  yes     closed  closed  closed  401
replayReactor         closed  yes     closed  closed  closed  401
pauseReactor          closed  yes     closed  closed  closed  401
rebuildView           closed  yes     closed  closed  closed  401
resumeReactor         closed  yes     closed  closed  closed  401
onOrderEvent own      yes     yes     yes     yes     yes     401
onOrderEvent other    yes     yes     yes     yes     yes     401
onOrderEvent missing  yes     yes     yes     yes     yes     401
onProductEvent        yes     yes     yes     yes     yes     401`

// The users of OIDC begin with o, those of the Lambda authorizer with l.
const PRODUCTION = `
                      key     iam     alice   bob     staff   o-dave  o-staff l-fred  l-staff nobody
order own             -       yes     yes     yes     yes     yes     yes     yes     yes     401
order other           -       yes     -       -       -       -       -       -       -       401
order missing         -       yes     -       -       -       -       -       -       -       401
orders                -       yes     yes     yes     yes     yes     yes     yes     yes     401
orderEvents own       -       yes     yes     yes     yes     yes     yes     yes     yes     401
orderEvents other     -       yes     -       -       -       -       -       -       -       401
orderEvents missing   -       yes     -       -       -       -       -       -       -       401
ordersOfOwner         -       yes     yes     yes     yes     yes     yes     yes     yes     401
ordersOfOwner own     -       yes     yes     yes     yes     yes     yes     yes     yes     401
ordersOfOwner other   -       yes     -       -       -       -       -       -       -       401
ordersOfOwner missing -       yes     -       -       -       -       -       -       -       401
product               yes     yes     yes     yes     yes     yes     yes     yes     yes     401
products              yes     yes     yes     yes     yes     yes     yes     yes     yes     401
productEvents         yes     yes     yes     yes     yes     yes     yes     yes     yes     401
productsByStatus      yes     yes     yes     yes     yes     yes     yes     yes     yes     401
reservedByDay         yes     yes     yes     yes     yes     yes     yes     yes     yes     401
views                 closed  yes     closed  closed  closed  closed  closed  closed  closed  401
viewTables            closed  yes     closed  closed  closed  closed  closed  closed  closed  401
reactors              closed  yes     closed  closed  closed  closed  closed  closed  closed  401
reactorProgress       closed  yes     closed  closed  closed  closed  closed  closed  closed  401
parkedReactions       closed  yes     closed  closed  closed  closed  closed  closed  closed  401
placeOrder            -       yes     yes     yes     yes     yes     yes     yes     yes     401
cancelOrder own       -       yes     yes     yes     yes     yes     yes     yes     yes     401
cancelOrder other     -       yes     -       -       -       -       -       -       -       401
cancelOrder missing   -       yes     -       -       -       -       -       -       -       401
publishOrderEvent     closed  yes     closed  closed  closed  closed  closed  closed  closed  401
restockProduct        -       yes     -       -       yes     -       yes     -       yes     401
reserveProduct        -       yes     yes     yes     yes     yes     yes     yes     yes     401
publishProductEvent   closed  yes     closed  closed  closed  closed  closed  closed  closed  401
retryReaction         closed  yes     closed  closed  closed  closed  closed  closed  closed  401
skipReaction          closed  yes     closed  closed  closed  closed  closed  closed  closed  401
replayReactor         closed  yes     closed  closed  closed  closed  closed  closed  closed  401
pauseReactor          closed  yes     closed  closed  closed  closed  closed  closed  closed  401
rebuildView           closed  yes     closed  closed  closed  closed  closed  closed  closed  401
resumeReactor         closed  yes     closed  closed  closed  closed  closed  closed  closed  401
onOrderEvent own      -       yes     yes     yes     yes     yes     yes     yes     yes     401
onOrderEvent other    -       yes     yes     yes     yes     yes     yes     yes     yes     401
onOrderEvent missing  -       yes     yes     yes     yes     yes     yes     yes     yes     401
onProductEvent        yes     yes     yes     yes     yes     yes     yes     yes     yes     401`

const NOBODY = callerWith('nobody', {})
const STAFF = { groups: ['staff'] }

test('development: each caller may do what the table says, and a refusal never tells whether an order exists', async () => {
  run = await startShop({})
  const [alice, bob] = [await poolUser(run, 'alice'), await poolUser(run, 'bob')]
  const staff = await poolUser(run, 'staff', STAFF)
  const callers = [keyHolder(run), signer(run), alice, bob, staff, NOBODY]
  const { table, leaks, fields } = await askAll(run, callers, [alice, bob])

  expect(`\n${table}`).toBe(DEVELOPMENT)
  expect(leaks).toEqual([])
  expect([...fields].sort()).toEqual([...fieldsOfSchema()].sort())
})

test('production: users of all modes may do what the table says, and the API key has no more rights than everyone', async () => {
  const issuer = await Issuer.start()
  run = await startShopOfAllModes(issuer.url, { stage: 'prod', apiKey: 'on' })
  const [alice, bob] = [await poolUser(run, 'alice'), await poolUser(run, 'bob')]
  const oidcUser = async (name: string, claims: object = {}) =>
    tokenHolder(name, await issuer.sign({ sub: name, aud: 'client1', ...claims }))
  const lambdaUser = (name: string, groups: string) => tokenHolder(name, `ticket:${name}:${groups}`)
  const callers = [
    keyHolder(run),
    signer(run),
    alice,
    bob,
    await poolUser(run, 'staff', STAFF),
    await oidcUser('o-dave'),
    await oidcUser('o-staff', STAFF),
    lambdaUser('l-fred', 'night,Staff'),
    lambdaUser('l-staff', 'night, staff'),
    NOBODY,
  ]
  const { table, leaks } = await askAll(run, callers, [alice, bob])

  expect(`\n${table}`).toBe(PRODUCTION)
  expect(leaks).toEqual([])
  const order = await placeOrder(run, alice)
  for (const other of [await oidcUser('alice'), lambdaUser('alice', 'night')]) {
    const { errors } = await ask(run, other, `{ order(id: "${order}") { id } }`)
    expect(errors).toMatchObject([{ errorType: 'Forbidden' }])
  }
  await reportTimes(bob, await placeOrder(run, alice))
})

test('production without a key: no key is accepted', async () => {
  run = await startShop({ stage: 'prod' })
  expect(run.outputs).not.toHaveProperty('apiKey')
  const key = callerWith('key', { 'x-api-key': 'da2-abcdefghijklmnopqrstuvwxyz' })
  const alice = await poolUser(run, 'alice')
  const { table } = await askAll(run, [key], [alice])
  const results = table
    .split('\n')
    .slice(1)
    .map((line) => line.slice(22))
  expect(new Set(results)).toEqual(new Set(['401']))
})

function tokenHolder(name: string, authorization: string): Caller {
  return callerWith(name, { authorization }, name)
}

/** Returns all fields that a client can call. */
function fieldsOfSchema(): readonly string[] {
  const schema = schemaOf(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'))
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  return roots.flatMap((root) => Object.keys(root?.getFields() ?? {}))
}

/** Prints how long a refusal takes for a resource of somebody else, and for none. */
async function reportTimes(caller: Caller, other: string): Promise<void> {
  const times: { other: number[]; missing: number[] } = { other: [], missing: [] }
  const query = 'query ($id: ID!) { order(id: $id) { id } }'
  const timed = async (id: string) => (await ask(run, caller, query, { id })).took
  for (let round = 0; round < ROUNDS; round += 1) {
    times.other.push(await timed(other))
    times.missing.push(await timed(randomUUID()))
  }
  const [one, none] = [medianOf(times.other), medianOf(times.missing)]
  process.stdout.write(`refusals: ${one} ms for the order of another user, ${none} ms for none\n`)
}

function medianOf(times: readonly number[]): string {
  return (times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0).toFixed(1)
}
