import { Sha256 } from '@smithy/core/checksum'
import { SignatureV4 } from '@smithy/signature-v4'
import { sign } from '../../lib/client/auth/signature.ts'

const accessKeyId = 'ASIAEXAMPLE'
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const body = '{"query":"{ thing(name: \\"Äpfel ☂\\") { id } }"}'

test.each([
  ['a query', 'https://abc.appsync-api.eu-west-1.amazonaws.com/graphql', { body }],
  ['a connection', 'http://localhost:4000/graphql/connect', { body: '{}', accept: 'text/a, b' }],
  ['a path with special characters', 'https://api.example.org/my%20api/gr+aphql', { body: '' }],
  ['a session', 'https://api.example.org/graphql', { body, sessionToken: 'FwoGZ/+==' }],
])('a signature of %s equals that of the SDK', async (_, address, content) => {
  const { body, accept, sessionToken } = { accept: 'a', sessionToken: undefined, ...content }
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
  const url = new URL(address)
  const now = new Date('2026-01-02T03:04:05.678Z')
  const region = 'eu-west-1'
  const sdk = new SignatureV4({
    service: 'appsync',
    region,
    credentials,
    sha256: Sha256,
    applyChecksum: false,
  })
  const { protocol, hostname, host, pathname } = url
  const { headers } = await sdk.sign(
    {
      method: 'POST',
      protocol,
      hostname,
      path: pathname,
      query: {},
      headers: { accept, host },
      body,
    },
    { signingDate: now },
  )
  expect(await sign({ url, headers: { accept }, body }, region, credentials, now)).toEqual(headers)
})
