import { JwtVerifier } from 'aws-jwt-verify'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import { allowInsecureRequests, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi'
import { UserApi } from './support/user-api.ts'

let api: UserApi

beforeAll(async () => {
  api = await UserApi.start('userPool')
}, 60_000)
afterAll(() => api?.remove(), 30_000)

/** Returns a verifier of AWS that knows only the issuer and the client of the run's outputs. */
async function verifier() {
  const { issuer, clientId } = api.outputs
  const url = new URL(issuer)
  const found = await discoveryRequest(url, { [allowInsecureRequests]: true })
  const { jwks_uri: jwksUri = '' } = await processDiscoveryResponse(url, found)
  // The library itself asks only over https.
  const fetcher = { fetch: async (uri: string) => (await fetch(uri)).arrayBuffer() }
  return JwtVerifier.create(
    {
      issuer,
      audience: null,
      jwksUri,
      customJwtCheck({ payload }) {
        if (payload.client_id !== clientId) throw new Error('The token is for another client')
      },
    },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  )
}

test('libraries find the issuer’s keys by its address, and verify its tokens', async () => {
  const jwt = await verifier()
  const token = await api.printedToken('alice')
  expect(await jwt.verify(token)).toMatchObject({ sub: 'alice', token_use: 'access' })

  await expect(jwt.verify(api.newToken('alice', -1))).rejects.toThrow('Token expired')
  const [header, , signature] = token.split('.')
  const forged = Buffer.from(JSON.stringify({ iss: api.outputs.issuer, sub: 'bob' }))
  await expect(
    jwt.verify([header, forged.toString('base64url'), signature].join('.')),
  ).rejects.toThrow('Invalid signature')
}, 60_000)

test('the API accepts the tokens of npm run token and of another signer alike', async () => {
  for (const token of [await api.printedToken('alice'), api.newToken('alice')]) {
    expect(await api.ask(token, '{ orders { items { id } } }')).toEqual({
      data: { orders: { items: [] } },
    })
  }
}, 60_000)
