import { randomUUID } from 'node:crypto'
import { type Api, answerTo, unsigned, withKey, withSignature } from '../api/api.ts'
import { subscribe } from '../api/messages.ts'
import {
  eventsOf,
  ORDER,
  PRODUCT,
  placeOrder,
  reserve,
  restock,
  stateOf,
} from '../api/resources.ts'
import { Broken, expectEqual, expectThat, Skipped } from '../expectations.ts'
import { eventually, type Given, type ProductPromise, pause } from '../promise.ts'

/** Milliseconds in which a forged message would have arrived. */
const SETTLED = 500
/** Milliseconds for the refusal of a WebSocket. */
const REFUSAL = 5000

export const keyOpens: ProductPromise = {
  name: 'an API key opens commands and queries',
  sentence: 'An API key can command, query and subscribe, and receives messages.',
  async check(given) {
    const api = given.keyed()
    if (given.deployment.stack?.endsWith('-prod'))
      throw new Skipped('in prod, a key opens only the fields that everyone may use')
    await expectOpen({ ...given, api })
  },
}

export const signatureOpens: ProductPromise = {
  name: 'a signed request opens commands and queries',
  sentence: 'Signed requests, also over WebSockets, do the same as an API key.',
  check: (given) => expectOpen({ ...given, api: given.signed() }),
}

async function expectOpen(given: Given): Promise<void> {
  const { api } = given
  const { id } = await restock(api, { amount: 2 })
  const messages = await subscribe(given, api.auth, PRODUCT, { id })
  await reserve(api, { id })
  expectEqual('the version', (await stateOf(given, PRODUCT, id))?.version, 2)
  expectEqual('the number of events', (await eventsOf(given, PRODUCT, id)).length, 2)
  await eventually(given, 'a message to the subscription', async () => {
    const numbers = messages.of(id).map(({ number }) => number)
    return numbers.includes(2) ? { answer: undefined } : { seen: numbers }
  })
}

export const callersOnEvents: ProductPromise = {
  name: 'an event names its caller',
  sentence: 'An event has the caller who caused it, also after a reaction: the key or the ARN.',
  async check(given) {
    const { api } = given
    const expected = 'apiKey' in api.auth ? /^key$/ : /^iam:arn:aws[\w-]*:(iam|sts)::\d+:/
    const { id: product } = await restock(api, { amount: 1 })
    const { id: order } = await placeOrder(api, { productId: product, quantity: 1 })
    const events = await eventually(given, 'the events of the order', async () => {
      const answer = await eventsOf(given, ORDER, order)
      return answer.length === 2 ? { answer } : { seen: answer.length }
    })
    for (const { type, actor, owner } of [
      ...(await eventsOf(given, PRODUCT, product)),
      ...events,
    ]) {
      expectThat(`the actor of ${type} must match ${expected}`, expected.test(actor ?? ''), actor)
      expectEqual(`the owner of ${type}`, owner, null)
    }
  },
}

export const keyPublishesNothing: ProductPromise = {
  name: 'an API key cannot publish events',
  sentence: 'The publish mutations refuse API keys, and a forged event reaches no subscriber.',
  async check(given) {
    const api = given.keyed()
    const id = randomUUID()
    const messages = await subscribe(given, api.auth, PRODUCT, { id })
    const event = { id, number: 1, type: 'ProductRestocked', created: new Date().toISOString() }
    for (const name of ['Product', 'Order']) {
      const field = `publish${name}Event`
      const query = `mutation ($event: ${name}EventInput!) { ${field}(event: $event) { id number type created } }`
      await expectUnauthorized(api, field, query, { event })
    }
    await pause(SETTLED, given.signal)
    expectEqual('forged messages', messages.of(id), [])
  },
}

const REACTOR = 'accept.none'

export const keyOperatesNothing: ProductPromise = {
  name: "an API key cannot use operators' fields",
  sentence: 'The fields for operators of reactors refuse API keys.',
  async check(given) {
    const api = given.keyed()
    const id = randomUUID()
    const queries = [
      '{ reactors }',
      `{ reactorProgress(reactor: "${REACTOR}") { resources } }`,
      `{ parkedReactions(reactor: "${REACTOR}") { id } }`,
      `mutation { retryReaction(input: { reactor: "${REACTOR}", id: "${id}" }) { id } }`,
      `mutation { skipReaction(input: { reactor: "${REACTOR}", id: "${id}", number: 1, reason: "none" }) { id } }`,
      `mutation { replayReactor(input: { reactor: "${REACTOR}", id: "${id}" }) { rewound } }`,
      `mutation { pauseReactor(input: { reactor: "${REACTOR}" }) { reactor } }`,
      `mutation { resumeReactor(input: { reactor: "${REACTOR}" }) { reactor } }`,
    ]
    for (const query of queries) await expectUnauthorized(api, query, query)
  },
}

async function expectUnauthorized(api: Api, about: string, query: string, variables = {}) {
  const { data, errors } = await api.send(query, variables)
  const seen = { errorType: errors[0]?.errorType, data: Object.values(data ?? {})[0] ?? null }
  expectEqual(`${about} with an API key`, seen, { errorType: 'Unauthorized', data: null })
}

export const strangers: ProductPromise = {
  name: 'a caller without a valid key is refused',
  sentence: 'No key, a wrong key and a forged header are refused, also over WebSockets.',
  async check(given) {
    const { graphqlUrl } = given.deployment
    const wrong = `da2-${'x'.repeat(26)}`
    const body = JSON.stringify({ query: '{ __typename }' })
    const callers = {
      none: {},
      'a wrong key': { 'x-api-key': wrong },
      'a text as a token': { authorization: 'x' },
      'an unsigned token': { authorization: unsignedToken() },
    }
    for (const [name, headers] of Object.entries(callers))
      await expectRefused(given, `a request with ${name}`, unsigned(graphqlUrl, body, headers))
    await expectClosed(given, withKey(graphqlUrl, wrong).auth)
  },
}

export const wrongSignature: ProductPromise = {
  name: 'a wrong signature is refused',
  sentence: 'A request that is signed with a wrong secret, or changed after the signature, fails.',
  async check(given) {
    const { auth } = given.signed()
    if (!('iam' in auth) || typeof auth.iam.credentials === 'function')
      throw new Skipped('no credentials to falsify')
    const { graphqlUrl: url } = given.deployment
    const { credentials, region = '' } = auth.iam
    const { accessKeyId, secretAccessKey, sessionToken } = credentials
    const token = sessionToken === undefined ? {} : { sessionToken }
    const known = { accessKeyId, secretAccessKey, ...token }
    const forged = { ...known, secretAccessKey: `${secretAccessKey.slice(1)}x` }
    const body = JSON.stringify({ query: '{ __typename }' })
    const sign = (keys: typeof known) => withSignature({ url, region, credentials: keys })
    await expectRefused(given, 'a wrong secret', await sign(forged).authorize(body))
    const signed = await sign(known).authorize(body)
    const changed = unsigned(url, `${body} `, Object.fromEntries(signed.headers))
    await expectRefused(given, 'a changed body', changed)
    await expectClosed(given, sign(forged).auth)
  },
}

/** Returns a token with `alg: none`, which claims to be of staff. */
function unsignedToken(): string {
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 3600
  const claims = { sub: randomUUID(), token_use: 'access', 'cognito:groups': ['staff'], exp }
  return `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claims)}.`
}

async function expectRefused({ signal }: Given, about: string, request: Request): Promise<void> {
  const { status, data } = await answerTo(request, signal)
  const isRefused = (status === 401 || status === 403) && data === null
  expectThat(`${about} must get HTTP status 401 or 403`, isRefused, { status, data })
}

/** @throws Broken if a subscription starts */
async function expectClosed(given: Given, auth: Api['auth']): Promise<void> {
  const opened = subscribe(given, auth, PRODUCT).then(
    () => true,
    () => false,
  )
  const late = pause(REFUSAL, given.signal).then(() => false)
  if (await Promise.race([opened, late]))
    throw new Broken('a subscription without valid credentials: expected an error; saw a start')
}

export const introspection: ProductPromise = {
  name: 'introspection is as the stage says',
  sentence: 'The stage dev answers introspection, and the stage prod refuses it.',
  async check({ api, deployment: { stack } }) {
    const stage = /-(dev|prod)$/.exec(stack ?? '')?.[1]
    if (stage === undefined)
      throw new Skipped(`the stack ${stack ?? 'without a name'} does not end with a stage`)
    const { data, errors } = await api.send('{ __schema { queryType { name } } }')
    const isOpen = errors.length === 0 && data?.__schema !== undefined
    expectEqual(`introspection in the stage ${stage}`, isOpen, stage === 'dev')
  },
}
