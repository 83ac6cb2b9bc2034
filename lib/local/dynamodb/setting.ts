import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export type EmulatorKind = 'dynoxide' | 'dynamodb-local'

/** The emulators in order of preference: see docs/local.md for their differences. */
export const emulatorKinds: readonly EmulatorKind[] = ['dynoxide', 'dynamodb-local']

/** The time limit for a connection to a running emulator: pauses, and milliseconds for each. */
const PAUSES = 16
const PAUSE = 50

/**
 * Checks the variables that choose an emulator, within a second.
 * @throws Error that names the variable, its value and the fix
 */
export async function checkSetting(): Promise<void> {
  const { DYNAMODB_ENDPOINT: endpoint, DYNAMODB_LOCAL_FOLDER: folder } = process.env
  if (endpoint) return checkEndpoint(endpoint)
  kindOf()
  if (folder && !existsSync(join(folder, 'DynamoDBLocal.jar')))
    throw new Error(`DYNAMODB_LOCAL_FOLDER must contain DynamoDBLocal.jar; got ${folder}`)
}

/** Returns the emulator that `LOCAL_DYNAMODB` names; undefined if the variable is not set. */
export function kindOf(): EmulatorKind | undefined {
  const name = process.env.LOCAL_DYNAMODB
  if (!name) return undefined
  const kind = emulatorKinds.find((known) => known === name)
  if (!kind) throw new Error(`LOCAL_DYNAMODB must be ${emulatorKinds.join(' or ')}; got ${name}`)
  return kind
}

/** Returns the message for an address without DynamoDB. */
export function noDynamoDB(endpoint: string): string {
  return `DynamoDB does not answer at DYNAMODB_ENDPOINT ${endpoint}: start it, or unset DYNAMODB_ENDPOINT`
}

/** Connects to the endpoint. An emulator that accepts connections may need more time to answer. */
async function checkEndpoint(endpoint: string): Promise<void> {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error(
      `DYNAMODB_ENDPOINT must be an address such as http://localhost:8000; got ${endpoint}`,
    )
  const { hostname, protocol, port } = url
  const socket = connect({
    host: hostname.replaceAll(/[[\]]/g, ''),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
  })
  try {
    await Promise.race([once(socket, 'connect'), timeout()])
  } catch (cause) {
    throw new Error(noDynamoDB(endpoint), { cause })
  } finally {
    socket.destroy()
  }
}

/**
 * Rejects after the time limit. Counts in short pauses: this process may be blocked for a while, in
 * which the connection is made without its notice.
 */
async function timeout(): Promise<never> {
  for (let pause = 0; pause < PAUSES; pause++) await delay(PAUSE, undefined, { ref: false })
  throw new Error('The connection timed out')
}
