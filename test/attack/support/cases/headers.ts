import { type Case, httpCase } from '../case.ts'
import type { Making } from '../scene.ts'

/** Returns a request with headers that contradict each other, are odd, or are no HTTP. */
export async function headerCase(making: Making): Promise<Case> {
  const { dice, run, bob, attackers } = making
  const query = `{ order(id: "${dice.one(making.orders)}") { id productId } }`
  const body = JSON.stringify({ query })
  const { authorization = '' } = await bob.headers(body)
  const signed = (await Promise.all(attackers.map((each) => each.headers(body)))).flatMap((each) =>
    each['x-amz-date'] ? [each] : [],
  )
  const [signature = {}] = signed
  const key = run.outputs.apiKey
  const long = 'x'.repeat(dice.one([1000, 8000, 20_000]))
  const name = dice.one(['Authorization', 'authorization', 'AUTHORIZATION', 'aUthorization'])
  const headers = dice.one<() => string[]>(
    [
      () => [name, authorization, 'x-api-key', key],
      () => ['x-api-key', key, name, `${authorization}x`],
      () => [name, authorization, name, authorization],
      () => [name, `${authorization}, ${authorization}`],
      () => ['X-Api-Key', key, 'x-api-key', `${key}x`],
      () => ['x-api-key', `${key},${key}`],
      () => ['x-api-key', key.toUpperCase()],
      () => ['x-api-key', ` ${key} `],
      () => ['x-api-key', `${key}\u00ff`],
      () => ['x-api-key', ''],
      () => [name, `Bearer ${authorization}`],
      () => [name, `bearer  ${authorization}`],
      () => [name, authorization.toUpperCase()],
      () => [name, ` ${authorization}`],
      () => [name, `${authorization}\u00e4\u00ff`],
      () => [name, long],
      () => [long.slice(0, 200), 'x', name, authorization],
      () => [name, `Basic ${Buffer.from('alice:password').toString('base64')}`],
      () => [name, 'AWS4-HMAC-SHA256 '],
      () => [name, 'AWS4-HMAC-SHA256 Credential=__proto__/20261123/us-east-1/appsync/aws4_request'],
      () => ({ ...signature, 'x-api-key': key, authorization: `${signature.authorization}0` }),
      () => ({ ...signature, 'x-amz-date': '99999999T999999Z' }),
      () => ({ ...signature, 'x-amz-security-token': 'x' }),
      () => ({ ...signature, authorization: `${signature.authorization}`.replace(/host;/, '') }),
      () => ['x-amzn-trace-id', `Root=${long}\u00ff;Parent=;;=Sampled`, name, authorization],
      () => ['x-amz-cognito-identity', `{"sub":"${'a'.repeat(20)}"}`, name, authorization],
      () => ['x-forwarded-for', '127.0.0.1', 'host', 'evil.example.com', name, authorization],
      () => ['x-user', 'alice', 'x-groups', 'staff', 'cookie', 'sub=alice', 'x-api-key', key],
      () => ['content-encoding', 'gzip', name, authorization],
      () => ['transfer-encoding', 'chunked', name, authorization],
      () => ['expect', '100-continue', name, authorization],
      () => ['origin', 'null', 'access-control-request-headers', '*', name, authorization],
      () => [`${name} `, authorization],
      () => [name, `${authorization}\u0000`],
      () => Array.from({ length: 300 }, (_, at) => [`x-${at}`, 'y']).flat(),
    ].map((make) => () => listOf(make())),
  )()
  const method = dice.chance(0.1)
    ? dice.one(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'QUERY'])
    : 'POST'
  const path = dice.chance(0.1)
    ? dice.one([
        '/graphql/',
        '/GRAPHQL',
        '/graphql?query=%7B__typename%7D',
        '/graphql/../operator.json',
        '/..%2f..%2fetc/passwd',
        '/console/..%2f..%2foperator.json',
        '/%',
        '//',
        '/us-east-1_x/.well-known/jwks.json',
      ])
    : '/graphql'
  return httpCase(making, {
    kind: 'headers',
    isRaw: true,
    request: { method, path, headers: ['host', 'localhost', ...headers], body },
    expect: ({ text }) => (/"(?:data)":\{"order":\{/.test(text) ? 'an order of Alice' : undefined),
  })
}

function listOf(headers: readonly string[] | Readonly<Record<string, string>>): string[] {
  return Array.isArray(headers) ? [...headers] : Object.entries(headers).flat()
}
