import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { get, request } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listen } from '../../lib/local/appsync/server.ts'
import { certificateIn, keepCertificate, selfSigned } from '../../lib/local/serving/certificate.ts'

let folder: string
const files = () => ({ certificate: join(folder, 'a/c.pem'), key: join(folder, 'a/k.pem') })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'certificate-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the certificate covers localhost, signs itself and is valid for two years', () => {
  const now = new Date('2026-11-24T12:00:00Z')
  const certificate = new X509Certificate(selfSigned(now).certificate)
  expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1')
  expect(certificate.checkHost('localhost')).toBe('localhost')
  expect(certificate.ca).toBe(true)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(new Date(certificate.validFrom)).toEqual(new Date('2026-11-23T12:00:00Z'))
  expect(new Date(certificate.validTo)).toEqual(new Date('2029-02-21T12:00:00Z'))
})

test('a certificate is kept, and only its owner can read the key', async () => {
  const made = await certificateIn(files())
  await keepCertificate(made, files())
  expect(await certificateIn(files())).toEqual(made)
  expect(readFileSync(files().certificate, 'utf8')).toBe(made.certificate)
  expect(statSync(files().key).mode & 0o777).toBe(0o600)
})

test('an expiring or invalid certificate is replaced', async () => {
  await keepCertificate(await certificateIn(files()), files())
  const old = selfSigned(new Date(Date.now() - 800 * 24 * 60 * 60 * 1000))
  for (const kept of [old.certificate, 'no certificate']) {
    writeFileSync(files().certificate, kept)
    const { certificate } = await certificateIn(files())
    expect(certificate).not.toBe(kept)
    expect(Date.parse(new X509Certificate(certificate).validTo)).toBeGreaterThan(Date.now())
  }
})

test('one port accepts HTTP and HTTPS, and closing it ends a silent connection', async () => {
  const certificate = selfSigned(new Date())
  const options = { port: 0, principal: () => undefined, log: () => {}, certificate }
  const server = await listen(options)
  const silent = connect(server.port, '127.0.0.1')
  const closed = new Promise((resolve) => silent.on('close', resolve))
  const encrypted = new Promise<number | undefined>((resolve, reject) => {
    const url = `https://localhost:${server.port}/graphql`
    get(url, { ca: certificate.certificate, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    }).on('error', reject)
  })
  const plain = fetch(server.graphqlUrl).then(({ status }) => status)
  expect(await Promise.all([encrypted, plain])).toEqual([503, 503])
  await server.close()
  await closed
})

test('a client that does not trust the certificate fails to connect', async () => {
  const certificate = selfSigned(new Date())
  const server = await listen({ port: 0, principal: () => undefined, log: () => {}, certificate })
  const refused = new Promise((_, reject) => {
    request(`https://localhost:${server.port}/graphql`, { agent: false }).on('error', reject).end()
  })
  await expect(refused).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  await server.close()
})
