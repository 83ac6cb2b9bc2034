import { once } from 'node:events'
import WebSocket from 'ws'
import {
  type ApiDefinition,
  type AppSyncServer,
  type ResolverDefinition,
  startAppSync,
} from '../../lib/local/appsync/index.ts'
import { enhancedFilter } from '../../lib/local/appsync/realtime/subscription-filter.ts'

/** The microseconds of the filter of an owner: medians, on this machine. */
export interface FilterCost {
  readonly of: 'message to one subscriber' | 'message beside 99 subscribers that do not get it'
  readonly without: number
  readonly with: number
}

const KEY = 'da2-0123456789abcdef'
const ROUNDS = 400
const WARM_UP = 60
const OTHERS = 99
const EVALUATIONS = 1_000_000

/** Returns the nanoseconds of one evaluation of the filter of an owner. */
export function filterAlone(): number {
  const rule = { fieldName: 'owner', operator: 'eq', value: 'alice' }
  const filter = enhancedFilter({ filterGroup: [{ filters: [rule] }] })
  const published = [{ owner: 'alice' }, { owner: 'bob' }]
  let began = 0
  let passed = 0
  for (const count of [EVALUATIONS / 10, EVALUATIONS]) {
    began = performance.now()
    for (let round = 0; round < count; round += 1)
      if (filter(published[round % 2] ?? {})) passed += 1
  }
  if (passed === 0) throw new Error('The filter passes nothing')
  return ((performance.now() - began) * 1e6) / EVALUATIONS
}

/**
 * Measures the time from a mutation to its message at a subscriber, with and without the filter of
 * an owner, in turn. The second figure adds subscribers who receive nothing, because of an argument
 * or because of the filter.
 */
export async function filterCosts(): Promise<readonly FilterCost[]> {
  const server = await startAppSync({ api, port: 0, principal: () => undefined, log: () => {} })
  try {
    const one = await compared(server, 0)
    const many = await compared(server, OTHERS)
    return [
      { of: 'message to one subscriber', ...one },
      { of: 'message beside 99 subscribers that do not get it', ...many },
    ]
  } finally {
    await server.close()
  }
}

async function compared(server: AppSyncServer, others: number) {
  const plain = await Listener.connect(server)
  const filtered = await Listener.connect(server)
  const times = { without: [] as number[], with: [] as number[] }
  await plain.subscribe('onTell(owner: "alice")')
  for (let count = 0; count < others; count += 1) await plain.subscribe('onTell(owner: "bob")')
  await filtered.subscribe('onOwned(user: "alice")')
  for (let count = 0; count < others; count += 1) await filtered.subscribe('onOwned(user: "bob")')
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    for (const [kind, listener, field] of [
      ['without', plain, 'tell'],
      ['with', filtered, 'own'],
    ] as const) {
      const began = performance.now()
      const arrived = listener.next('data')
      const query = `mutation { ${field}(owner: "alice") { owner } }`
      const headers = { 'x-api-key': KEY }
      const body = JSON.stringify({ query })
      await (await fetch(server.graphqlUrl, { method: 'POST', headers, body })).text()
      await arrived
      if (round >= WARM_UP) times[kind].push((performance.now() - began) * 1000)
    }
  }
  for (const listener of [plain, filtered]) listener.close()
  return { without: median(times.without), with: median(times.with) }
}

/** A connection with subscriptions. */
class Listener {
  readonly #socket: WebSocket
  #count = 0
  #hear = (_: string) => {}

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => this.#hear(JSON.parse(String(data)).type))
  }

  static async connect({ realtimeUrl }: AppSyncServer): Promise<Listener> {
    const header = Buffer.from(JSON.stringify(AUTHORIZATION)).toString('base64url')
    const socket = new WebSocket(realtimeUrl, ['graphql-ws', `header-${header}`])
    const listener = new Listener(socket)
    await once(socket, 'open')
    const acknowledged = listener.next('connection_ack')
    socket.send(JSON.stringify({ type: 'connection_init' }))
    await acknowledged
    return listener
  }

  async subscribe(field: string): Promise<void> {
    this.#count += 1
    const data = JSON.stringify({ query: `subscription { ${field} { owner } }` })
    const payload = { data, extensions: { authorization: AUTHORIZATION } }
    const started = this.next('start_ack')
    this.#socket.send(JSON.stringify({ id: `${this.#count}`, type: 'start', payload }))
    await started
  }

  /** Waits for the next message of a type. */
  next(type: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#hear = (got) => {
        if (got === type) resolve()
        else if (got === 'error') reject(new Error('The API rejects the message'))
      }
    })
  }

  close(): void {
    this.#socket.close()
  }
}

const AUTHORIZATION = { host: 'localhost', 'x-api-key': KEY }

const PASS = `
  export function request(ctx) { return { payload: ctx.args } }
  export function response(ctx) { return ctx.result }
`
const FILTER = `
  import { extensions, util } from '@aws-appsync/utils'
  export function request(ctx) { return { payload: null } }
  export function response(ctx) {
    const filter = { owner: { eq: ctx.args.user } }
    extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter(filter))
    return null
  }
`

function resolver(typeName: string, fieldName: string, code: string): ResolverDefinition {
  const dataSource = { type: 'NONE', name: 'None' } as const
  return { logicalId: `${typeName}${fieldName}`, typeName, fieldName, code, dataSource }
}

const api: ApiDefinition = {
  apiId: 'bench',
  arn: 'arn:aws:appsync:us-east-1:000000000000:apis/bench',
  name: 'bench',
  region: 'us-east-1',
  schema: `
    type Told { owner: String }
    type Query { nothing: String }
    type Mutation { tell(owner: String): Told own(owner: String): Told }
    type Subscription {
      onTell(owner: String): Told @aws_subscribe(mutations: ["tell"])
      onOwned(user: String): Told @aws_subscribe(mutations: ["own"])
    }`,
  authProviders: [{ mode: 'API_KEY' }],
  apiKeys: [{ key: KEY, expires: 4_000_000_000 }],
  resolvers: [
    resolver('Mutation', 'tell', PASS),
    resolver('Mutation', 'own', PASS),
    resolver('Subscription', 'onOwned', FILTER),
  ],
  queryDepthLimit: 0,
  resolverCountLimit: 0,
  introspection: true,
  xray: false,
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
