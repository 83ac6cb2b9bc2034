import { randomInt } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject, type Json } from './json.ts'
import { storedPools, type UserPool } from './users/user-pools.ts'

/** The addresses of a run, as in `outputs.json`. */
export interface Outputs {
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  readonly consoleUrl: string
  /** Undefined: the API has no key. */
  readonly apiKey?: string
  /** The issuer of the first user pool of the API. Undefined: the API has no pool of the stack. */
  readonly issuer?: string
  /** The id of the first client of this pool. */
  readonly clientId?: string
  /** The address of DynamoDB. Requests to it may read and write every table. */
  readonly dynamodbEndpoint: string
  /** The address of CloudWatch, for signed requests. */
  readonly cloudwatchEndpoint: string
  /** The file of the events that the app publishes. Undefined: it publishes none. */
  readonly publishedEvents?: string
  /** The name of the running stack. */
  readonly stackName: string
  /** The names of the tables, by the environment variables of the functions: `PRODUCT_TABLE`. */
  readonly tables: Readonly<Record<string, string>>
}

const OUTPUTS = 'outputs.json'
const OPERATOR = 'operator.json'
const TABLES = 'tables.env'
const ACCESS = 'access.jsonl'
const USERS = 'users.json'

/** The credentials that sign a request (SigV4). */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly region: string
}

/**
 * The files of a run. Logs, traces and outputs are always written; the other files only if data is
 * kept.
 */
export class StateFolder {
  readonly path: string
  readonly #keepData: boolean
  readonly #apiKeys = new Map<string, string>()
  #hasNewUsers = false

  constructor(path: string, keepData: boolean) {
    this.path = path
    this.#keepData = keepData
  }

  /** The folder of the app's cloud assemblies. */
  get assemblies(): string {
    return join(this.path, 'cdk.out')
  }

  /** The folder of the code that functions run. */
  get code(): string {
    return join(this.path, 'functions')
  }

  get certificate(): { readonly certificate: string; readonly key: string } {
    return {
      certificate: join(this.path, 'certificate.pem'),
      key: join(this.path, 'certificate.key.pem'),
    }
  }

  get traces(): string {
    return join(this.path, 'traces.jsonl')
  }

  /** The file of the events that event buses have accepted. */
  get published(): string {
    return join(this.path, 'published-events.jsonl')
  }

  /** The file of the decisions about permissions. Each run begins a new one. */
  get decisions(): string {
    return join(this.path, ACCESS)
  }

  log(logicalId: string): string {
    return join(this.path, 'logs', `${logicalId}.jsonl`)
  }

  queue(logicalId: string): string {
    return join(this.path, 'queues', `${logicalId}.jsonl`)
  }

  /** The file of asynchronous invocations; undefined: they are not stored. */
  get invocations(): string | undefined {
    return this.#keepData ? join(this.path, 'invocations.jsonl') : undefined
  }

  /** Undefined: data lives in memory. */
  get dynamodb(): string | undefined {
    return this.#keepData ? join(this.path, 'dynamodb') : undefined
  }

  checkpoint(logicalId: string): string | undefined {
    return this.#keepData ? join(this.path, 'checkpoints', `${logicalId}.json`) : undefined
  }

  /** Writes the outputs in one step. The file is always complete, and its run is ready. */
  async writeOutputs(outputs: Outputs): Promise<void> {
    await this.#replace(OUTPUTS, json(outputs))
  }

  removeOutputs(): void {
    for (const file of [OUTPUTS, OPERATOR, TABLES]) rmSync(join(this.path, file), { force: true })
  }

  /** Writes the operator's credentials. Requests signed with these may do everything. */
  async writeOperator(credentials: Credentials): Promise<void> {
    await this.#replace(OPERATOR, json(credentials), 0o600)
  }

  /** Writes the environment of a script that reads and writes the local tables. */
  async writeTables(environment: Readonly<Record<string, string>>): Promise<void> {
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`)
    await this.#replace(TABLES, lines.join(''))
  }

  /**
   * Returns the secrets of API keys, by their logical ids. They persist across reloads and, if data
   * is kept, across restarts. A client can therefore keep using its key.
   */
  async apiKeys(logicalIds: readonly string[]): Promise<Map<string, string>> {
    const text = await readFile(join(this.path, 'api-keys.json'), 'utf8').catch(() => '{}')
    const kept: Json = this.#keepData ? JSON.parse(text) : {}
    for (const id of logicalIds) {
      const key = isObject(kept) ? kept[id] : undefined
      const known = typeof key === 'string' ? key : this.#apiKeys.get(id)
      this.#apiKeys.set(id, known ?? newApiKey())
    }
    const keys = new Map([...this.#apiKeys].filter(([id]) => logicalIds.includes(id)))
    if (this.#keepData) await this.#replace('api-keys.json', json(Object.fromEntries(keys)))
    return keys
  }

  /** Returns the user pools of the run before, with the keys that sign their tokens. */
  async userPools(): Promise<UserPool[]> {
    return storedPools(await readFile(join(this.path, USERS), 'utf8').catch(() => ''))
  }

  /** Stores the user pools, so that their tokens stay valid, and for `npm run token`. */
  async writeUserPools(pools: readonly UserPool[]): Promise<void> {
    const isNew = !existsSync(join(this.path, USERS))
    if (isNew && pools.length === 0) return
    this.#hasNewUsers ||= isNew
    await this.#replace(USERS, json({ pools }), 0o600)
  }

  /** Removes the user pools of a run that keeps no data, unless they were there before it. */
  forgetUserPools(): void {
    if (!this.#keepData && this.#hasNewUsers) rmSync(join(this.path, USERS), { force: true })
  }

  async #replace(name: string, content: string, mode = 0o666): Promise<void> {
    await mkdir(this.path, { recursive: true })
    const file = join(this.path, name)
    await writeFile(`${file}.new`, content, { mode })
    await rename(`${file}.new`, file)
  }
}

function json(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`
}

/** Creates a key in AppSync's form: `da2-` and 26 lower-case letters and digits. */
function newApiKey(): string {
  const random = Array.from({ length: 26 }, () => randomInt(36).toString(36))
  return `da2-${random.join('')}`
}
