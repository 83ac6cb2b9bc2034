import { once } from 'node:events'
import { Agent, request } from 'node:http'
import WebSocket from 'ws'
import { authenticate } from '../../lib/local/appsync/access/authentication.ts'
import { Tokens } from '../../lib/local/appsync/access/tokens/tokens.ts'
import {
  type ApiDefinition,
  type AppSyncServer,
  startAppSync,
} from '../../lib/local/appsync/index.ts'
import { newToken } from '../../lib/local/users/token.ts'
import { newKey, publicKey } from '../../lib/local/users/user-pools.ts'

/** The microseconds of one check, request or message: medians, on this machine. */
export interface TokenCost {
  readonly of: 'check' | 'HTTP request' | 'start message'
  readonly key: number
  /** With a token that was verified before. */
  readonly token: number
}

export interface TokenCosts {
  readonly costs: readonly TokenCost[]
  /** The microseconds of the first check of a token. */
  readonly firstCheck: number
}

const KEY = 'da2-0123456789abcdef'
const ISSUER = 'http://localhost/pool'
const ROUNDS = 3000
const WARM_UP = 500
/** The number of different tokens. */
const TOKENS = 500
const QUERY = '{ nothing }'
const FEED = 'subscription { onTell }'

/**
 * Measures the check of a user's token, with cached keys of its issuer. Then measures checks,
 * requests and start messages with an API key and with a token, in turn and one after the other.
 */
export async function tokenCosts(): Promise<TokenCosts> {
  const key = await newKey()
  const pool = {
    logicalId: 'Users',
    userPoolId: 'pool',
    issuer: ISSUER,
    clientIds: ['client'],
    key,
  }
  const options = { groups: ['staff'], use: 'access', seconds: 3600, claims: {} } as const
  const tokens = await Promise.all(
    Array.from({ length: TOKENS }, () => newToken(pool, { user: 'alice', ...options })),
  )
  const [token = ''] = tokens
  const api = apiWith({ keys: [publicKey(key)] })
  const headers = { key: { 'x-api-key': KEY }, token: { authorization: token } }
  const server = await startAppSync({ api, port: 0, principal: () => undefined, log: () => {} })
  const check = checkOf(api)
  try {
    const firstChecks: number[] = []
    for (const authorization of tokens) {
      const began = performance.now()
      await check({ authorization })
      firstChecks.push((performance.now() - began) * 1000)
    }
    const costs: TokenCost[] = [
      { of: 'check', ...(await compared(check, headers)) },
      { of: 'HTTP request', ...(await requests(server, headers)) },
      { of: 'start message', ...(await messages(server, headers)) },
    ]
    return { firstCheck: median(firstChecks), costs }
  } finally {
    await server.close()
  }
}

type Headers = Readonly<Record<string, string>>
type Credentials = { readonly key: Headers; readonly token: Headers }

/** Returns the median microseconds of `send` with a key and with a token. */
async function compared(send: (headers: Headers) => Promise<void>, credentials: Credentials) {
  const times = { key: [] as number[], token: [] as number[] }
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    for (const kind of ['key', 'token'] as const) {
      const began = performance.now()
      await send(credentials[kind])
      if (round >= WARM_UP) times[kind].push((performance.now() - began) * 1000)
    }
  }
  return { key: median(times.key), token: median(times.token) }
}

function checkOf(api: ApiDefinition) {
  const tokens = Promise.resolve(new Tokens({ warn: () => {}, now: Date.now }))
  const rules = { principal: () => undefined, now: Date.now, tokens: () => tokens }
  return async (headers: Headers) => {
    await authenticate(api, { path: '/graphql', headers, body: '' }, rules)
  }
}

async function requests({ graphqlUrl }: AppSyncServer, credentials: Credentials) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = (headers: Headers) =>
    new Promise<void>((resolve, reject) => {
      const sent = request(graphqlUrl, { agent, method: 'POST', headers }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`The API answers ${response.statusCode}`))
        response.resume().on('end', resolve)
      })
      sent.on('error', reject)
      sent.end(JSON.stringify({ query: QUERY }))
    })
  const result = await compared(send, credentials)
  agent.destroy()
  return result
}

async function messages({ realtimeUrl }: AppSyncServer, credentials: Credentials) {
  const host = { host: 'localhost' }
  const header = Buffer.from(JSON.stringify({ ...host, ...credentials.key })).toString('base64url')
  const socket = new WebSocket(realtimeUrl, ['graphql-ws', `header-${header}`])
  let hear = (_: string) => {}
  const answer = (type: string) =>
    new Promise<void>((resolve, reject) => {
      hear = (got) => {
        if (got === type) resolve()
        else if (got === 'error') reject(new Error('The API rejects the message'))
      }
    })
  socket.on('message', (data) => hear(JSON.parse(String(data)).type))
  await once(socket, 'open')
  const acknowledged = answer('connection_ack')
  socket.send(JSON.stringify({ type: 'connection_init' }))
  await acknowledged
  const result = await compared(async (headers) => {
    const authorization = { ...host, ...headers }
    const payload = { data: JSON.stringify({ query: FEED }), extensions: { authorization } }
    const started = answer('start_ack')
    socket.send(JSON.stringify({ id: '1', type: 'start', payload }))
    await started
    const stopped = answer('complete')
    socket.send(JSON.stringify({ id: '1', type: 'stop' }))
    await stopped
  }, credentials)
  socket.close()
  return result
}

function apiWith(localKeys: { keys: ReturnType<typeof publicKey>[] }): ApiDefinition {
  return {
    apiId: 'bench',
    arn: 'arn:aws:appsync:us-east-1:000000000000:apis/bench',
    name: 'bench',
    region: 'us-east-1',
    schema: `
      type Query { nothing: String @aws_api_key @aws_cognito_user_pools }
      type Mutation { tell: String }
      type Subscription {
        onTell: String @aws_subscribe(mutations: ["tell"]) @aws_api_key @aws_cognito_user_pools
      }`,
    authProviders: [
      { mode: 'API_KEY' },
      {
        mode: 'AMAZON_COGNITO_USER_POOLS',
        issuer: ISSUER,
        localKeys,
        clientIds: 'client',
        defaultAction: 'ALLOW',
      },
    ],
    apiKeys: [{ key: KEY, expires: 4_000_000_000 }],
    resolvers: [],
    queryDepthLimit: 0,
    resolverCountLimit: 0,
    introspection: true,
    xray: false,
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
