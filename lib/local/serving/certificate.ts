import {
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  bits,
  bytes,
  explicit,
  implicit,
  integer,
  oid,
  sequence,
  set,
  time,
  truth,
  utf8,
} from './der.ts'

/** The certificate and private key of a TLS server, in PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

const DAY = 24 * 60 * 60 * 1000
/** Milliseconds. Some systems reject certificates with a longer lifetime. */
const LIFETIME = 820 * DAY
/** Milliseconds. A stored certificate that expires sooner is replaced. */
const LEAST_LEFT = 30 * DAY
const ADDRESS = [127, 0, 0, 1]

/** Returns this machine's stored certificate, or a new one. */
export async function certificateIn(files: CertificateFiles): Promise<Certificate> {
  return (await keptIn(files)) ?? selfSigned(new Date())
}

/** Stores a certificate, so that clients have to trust it only once. */
export async function keepCertificate(made: Certificate, files: CertificateFiles): Promise<void> {
  await mkdir(dirname(files.certificate), { recursive: true })
  await writeFile(files.key, made.key, { mode: 0o600 })
  await writeFile(files.certificate, made.certificate)
}

export function removeCertificate(files: CertificateFiles): void {
  for (const file of [files.key, files.certificate]) rmSync(file, { force: true })
}

/**
 * Creates a self-signed certificate for localhost and 127.0.0.1. The certificate names no other
 * host.
 */
export function selfSigned(now: Date): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const content = toBeSigned(publicKey, now)
  const signature = sign('sha256', content, privateKey)
  const der = sequence(content, ECDSA_WITH_SHA256, bits(signature))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

async function keptIn(files: CertificateFiles): Promise<Certificate | undefined> {
  try {
    const certificate = await readFile(files.certificate, 'utf8')
    const key = await readFile(files.key, 'utf8')
    const left = Date.parse(new X509Certificate(certificate).validTo) - Date.now()
    return left > LEAST_LEFT ? { certificate, key } : undefined
  } catch {
    // The files are missing or invalid.
    return undefined
  }
}

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))

/** Returns the content to sign. https://datatracker.ietf.org/doc/html/rfc5280#section-4.1 */
function toBeSigned(publicKey: KeyObject, now: Date): Buffer {
  const name = sequence(set(sequence(oid('2.5.4.3'), utf8('localhost'))))
  // Clocks of containers and hosts differ.
  const begins = new Date(now.getTime() - DAY)
  const ends = new Date(now.getTime() + LIFETIME)
  const serial = randomBytes(16)
  serial[0] = 1
  return sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(begins), time(ends)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions())),
  )
}

function extensions(): Buffer[] {
  const names = sequence(implicit(2, Buffer.from('localhost')), implicit(7, Buffer.from(ADDRESS)))
  return [
    // The certificate is its own authority, so Node.js trusts it through NODE_EXTRA_CA_CERTS.
    sequence(oid('2.5.29.19'), truth, bytes(sequence(truth))),
    // digitalSignature and keyCertSign
    sequence(oid('2.5.29.15'), truth, bytes(bits(Buffer.from([0b10000100]), 2))),
    // serverAuth
    sequence(oid('2.5.29.37'), bytes(sequence(oid('1.3.6.1.5.5.7.3.1')))),
    sequence(oid('2.5.29.17'), bytes(names)),
  ]
}
