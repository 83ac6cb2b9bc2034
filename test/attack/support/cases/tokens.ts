import { type Case, httpCase, wired } from '../case.ts'
import { claimsOf, keysOf, signed } from '../forge.ts'
import { jsonOf } from '../judge.ts'
import { type Making, STAFF } from '../scene.ts'
import type { HttpAnswer } from '../wire.ts'
import { oddText } from './targets.ts'

/** The field that only staff may call, and the field that shows a user's own orders. */
const QUERY = 'mutation { restockProduct(input: { amount: 1 }) { id } }'
const ORDERS = '{ orders { items { id productId } } }'

interface Forged {
  readonly token: string
  /** Whether the token is good, but for a user who is no staff. Otherwise it is refused with 401. */
  readonly isGood?: boolean
}

/** Returns a request with a token that is forged, or that makes nobody staff. */
export function tokenCase(making: Making): Case {
  const { token, isGood = false } = making.dice.chance(0.5) ? forged(making) : mutated(making)
  const query = making.dice.chance(0.7) ? QUERY : ORDERS
  const headers = wired(making, { authorization: token })
  const request = { method: 'POST', path: '/graphql', headers, body: JSON.stringify({ query }) }
  return httpCase(making, {
    kind: 'token',
    request,
    about: [token.split('.').slice(0, 2).map(decoded), { isGood, query }],
    // Node.js refuses to send a header with other characters.
    isRaw: /[^\x20-\x7e]/.test(token),
    expect: (answer) => {
      if (!isGood) return [400, 401, 431].includes(answer.status) ? undefined : 'not refused'
      return query === QUERY ? ofNoStaff(answer) : ofNoOrders(answer)
    },
  })
}

function decoded(part: string): string {
  return Buffer.from(part, 'base64url').toString()
}

function ofNoStaff({ text }: HttpAnswer): string | undefined {
  return text.includes('"Forbidden"') ? undefined : 'not forbidden'
}

function ofNoOrders({ text }: HttpAnswer): string | undefined {
  return JSON.stringify(jsonOf(text)?.data) === '{"orders":{"items":[]}}'
    ? undefined
    : 'not the empty list of a new user'
}

/** Returns a token of staff that the user pool has not signed, or not for this API, or not for now. */
function forged(making: Making): Forged {
  const { dice, pool, foreignKey, alice } = making
  const { own, secret } = keysOf(pool)
  const { kid } = pool.key
  const good = { ...claimsOf(pool, alice.sub ?? ''), 'cognito:groups': [STAFF] }
  const now = Math.floor(Date.now() / 1000)
  const jwk = foreignKey.publicKey.export({ format: 'jwk' })
  const right = signed({ alg: 'RS256', kid }, good, own)
  const [head = '', body = '', signature = ''] = right.split('.')
  const ours = (claims: object) => signed({ alg: 'RS256', kid }, { ...good, ...claims }, own)
  const theirs = (header: object) => signed(header, good, foreignKey.privateKey)
  const token = dice.one<() => string>([
    () => signed({ alg: dice.one(['none', 'None', 'NONE', 'nOnE', '']), kid }, good, undefined),
    () => signed({ alg: 'none' }, good, own),
    () => signed({ alg: 'HS256', kid }, good, secret),
    () => signed({ alg: 'HS256', kid }, good, secret.trim()),
    () => signed({ alg: 'HS256', kid }, good, ''),
    () => theirs({ alg: 'RS256', kid }),
    () => theirs({ alg: 'RS256' }),
    () => theirs({ alg: 'RS256', kid, jwk }),
    () => theirs({ alg: 'RS256', kid: 'x', jku: 'http://127.0.0.1:9/keys' }),
    () => theirs({ alg: 'RS256', kid: 'x', x5u: 'http://127.0.0.1:9/cert', x5c: ['MIIB'] }),
    () => theirs({ alg: 'RS256', kid: dice.one(['../../../dev/null', '', oddText(dice), 'x']) }),
    () => theirs({ alg: 'RS256', kid: { toString: 1 } }),
    () => signed({ alg: dice.one(['RS512', 'PS256', 'ES256', 'EdDSA', 'RS1']), kid }, good, own),
    () => signed({ alg: 'RS256', kid, crit: ['exp'], exp: 1 }, good, own),
    () => signed({ alg: 'RS256', kid, crit: ['b64'], b64: false }, good, own),
    () => signed({ alg: ['RS256'], kid }, good, own),
    () => `${head}.${body}.${signature.slice(0, dice.below(signature.length))}`,
    () => `${head}.${body}.${signature}A${signature}`,
    () => `${head}.${body}`,
    () => `${head}..${signature}`,
    () => `.${body}.${signature}`,
    () => `${right}.${right}`,
    () => right.replaceAll('.', dice.one(['', ' ', '..', '%2e'])),
    () => `${head}.${Buffer.from('{"sub":').toString('base64url')}.${signature}`,
    () => `${head}.${body.slice(0, -2)}.${signature}`,
    () => signed({ alg: 'RS256', kid }, dice.one(['[]', 'null', '1', '"x"', '{', '\u0000']), own),
    () => ours({ exp: now - dice.one([1, 60, 1e9]) }),
    () => ours({ exp: dice.one<unknown>([`${now + 60}`, null, [now + 60], { a: 1 }, true]) }),
    () => ours({ nbf: now + dice.one([60, 1e9]) }),
    () => ours({ nbf: dice.one(['0', '', [0]]) }),
    () => ours({ iss: dice.one([`${pool.issuer}x`, 'https://evil.example.com', '', 'null']) }),
    () => ours({ iss: dice.one([[pool.issuer], { a: pool.issuer }, 1]) }),
    () => ours({ iss: pool.issuer.toUpperCase() }),
    () => ours({ iss: `http://evil.example.com/${pool.userPoolId}` }),
    () => ours({ iss: `http://localhost@evil.example.com/${pool.userPoolId}` }),
    () => ours({ token_use: dice.one<unknown>(['refresh', 'ID', '', 'access ', ['access'], 1]) }),
    () => ours({ token_use: 'id' }),
    () => ours({ token_use: 'id', aud: ['x', 'y'] }),
    () => ours({ client_id: dice.one<unknown>(['other', '', null, 1, {}]) }),
    () => ours({ client_id: `${pool.clientIds[0]}x` }),
    () => ours({ client_id: `x\n${pool.clientIds[0]}` }),
  ])()
  return { token }
}

/** Returns a good token of a user with an odd name or odd groups. */
function mutated(making: Making): Forged {
  const { dice, pool, alice } = making
  const { own } = keysOf(pool)
  const name = `odd-${dice.below(1e9)}`
  const groups = dice.one<unknown>([
    'Staff',
    ['STAFF'],
    [' staff'],
    ['staff '],
    ['staff,x'],
    ['x,staff'],
    ['st\u0430ff'],
    ['staff\u0000'],
    ['\u202estaff'],
    ['staff\u200b'],
    [['staff']],
    [{ toString: 'staff' }],
    [{ toString: null }],
    { staff: true },
    { 0: 'staff', length: 1 },
    'x,staff',
    ' staff',
    'staff,',
    true,
    1,
    [1, null, true],
    ['__proto__', 'constructor'],
    Array.from({ length: 300 }, (_, at) => `g${at}`),
  ])
  const sub = dice.one([
    name,
    `${name}-__proto__`,
    `${name}:iam:key`,
    `user:${name}`,
    `${alice.sub}`.toUpperCase(),
    `${alice.sub} `,
    ` ${alice.sub}`,
    `${alice.sub}\u0000`,
    `${alice.sub}\u200b`,
    `${alice.sub}/`,
    'alice',
    '__proto__',
    'constructor',
    'toString',
    '*',
    'ä€😀',
    'x'.repeat(255),
  ])
  const claims = { ...claimsOf(pool, sub), 'cognito:groups': groups }
  const extra = dice.one<object>([
    {},
    { groups: [STAFF] },
    { 'custom:groups': STAFF, role: STAFF, scope: STAFF },
    { 'Cognito:Groups': [STAFF] },
    { username: alice.sub, 'cognito:username': alice.sub },
    { aud: ['x', pool.clientIds[0]] },
    JSON.parse('{"__proto__":{"cognito:groups":["staff"]}}'),
  ])
  const kid = pool.key.kid
  return { token: signed({ alg: 'RS256', kid }, { ...claims, ...extra }, own), isGood: true }
}
