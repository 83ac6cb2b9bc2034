import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import {
  DynamoDBClient,
  DynamoDBServiceException,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb'
import { startSupervised } from '../process/supervised-process.ts'
import { type Emulator, findEmulator } from './emulators.ts'
import { missingEmulator } from './missing-emulator.ts'
import { checkSetting, type EmulatorKind, emulatorKinds, kindOf, noDynamoDB } from './setting.ts'

export type { EmulatorKind } from './setting.ts'

export interface DynamoDBOptions {
  /**
   * The emulator. Default: the one at `DYNAMODB_ENDPOINT`; else the one that `LOCAL_DYNAMODB`
   * names; else the first that is installed of dynoxide and dynamodb-local.
   */
  readonly kind?: EmulatorKind
  /** The folder that keeps the data, created if missing. Default: the data lives in memory. */
  readonly dataDir?: string
}

export interface LocalDynamoDB {
  /**
   * `external`: the service at `DYNAMODB_ENDPOINT`, which this process neither starts nor stops.
   */
  readonly kind: EmulatorKind | 'external'
  readonly endpoint: string
  /**
   * Resolves with the last output when the emulator ends. Never rejects. Stays pending for
   * `external`.
   */
  readonly exited: Promise<string>
  stop(): Promise<void>
}

/** The time limit for an emulator's first answer, in milliseconds. */
const READY_WITHIN = 20_000
/** The most ports to try, in case another process takes the chosen one. */
const PORT_ATTEMPTS = 5

/**
 * Starts a DynamoDB emulator on a free port and waits until it answers. The emulator ends with
 * `stop()`, and when this process dies for any reason.
 */
export async function startDynamoDB(options: DynamoDBOptions = {}): Promise<LocalDynamoDB> {
  const endpoint = process.env.DYNAMODB_ENDPOINT
  if (!options.kind && endpoint) return externalDynamoDB(endpoint)
  const emulator = installedEmulator(options.kind ?? kindOf())
  if (options.dataDir) {
    await mkdir(options.dataDir, { recursive: true })
    emulator.prepare?.(options.dataDir)
  }

  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const { exited, stop } = startSupervised(emulator.commandFor(port, options.dataDir))
    const started = { kind: emulator.kind, endpoint: `http://127.0.0.1:${port}`, exited, stop }
    const failure = await failureToStart(started)
    if (failure === undefined) return started
    await stop()
    const taken = /in use|failed to bind/i.test(failure)
    if (!taken || attempt === PORT_ATTEMPTS)
      throw new Error(`${emulator.kind} did not start: ${failure}`)
  }
}

function installedEmulator(kind: EmulatorKind | undefined): Emulator {
  for (const candidate of kind ? [kind] : emulatorKinds) {
    const emulator = findEmulator(candidate)
    if (emulator) return emulator
  }
  throw new Error(missingEmulator(kind))
}

/** Returns the reason why the emulator did not start; undefined as soon as it answers. */
async function failureToStart({ endpoint, exited }: LocalDynamoDB): Promise<string | undefined> {
  const end = new AbortController()
  const outcome = await Promise.race([
    exited.then((output) => `it ended: ${output}`),
    whenAnswering(endpoint, end.signal).then(
      () => undefined,
      (error: unknown) => `it did not answer within ${READY_WITHIN / 1000} s: ${error}`,
    ),
  ])
  end.abort()
  return outcome
}

async function externalDynamoDB(endpoint: string): Promise<LocalDynamoDB> {
  await checkSetting()
  await whenAnswering(endpoint).catch((cause: unknown) => {
    throw new Error(noDynamoDB(endpoint), { cause })
  })
  return { kind: 'external', endpoint, exited: new Promise(() => {}), stop: async () => {} }
}

async function whenAnswering(endpoint: string, end?: AbortSignal): Promise<void> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  const deadline = Date.now() + READY_WITHIN
  try {
    for (;;) {
      try {
        await client.send(new ListTablesCommand({ Limit: 1 }), {
          abortSignal: AbortSignal.timeout(Math.max(1, deadline - Date.now())),
        })
        return
      } catch (error) {
        if (Date.now() >= deadline || end?.aborted || isAnswer(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  } finally {
    client.destroy()
  }
}

/** Whether the error is an answer: another server's, or a rejection that a retry does not change. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof DynamoDBServiceException)) return false
  const { httpStatusCode: status = 0 } = error.$metadata
  return status > 0 && status < 500
}

/** Returns a port that was free a moment ago. Callers must be ready to try another. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
