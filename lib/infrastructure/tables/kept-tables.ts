import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { Annotations, attachCustomSynthesis, CfnDeletionPolicy, Stack } from 'aws-cdk-lib'
import { CfnUserPool } from 'aws-cdk-lib/aws-cognito'
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { isCommandLine } from '../command-line.ts'
import { USER_POOL } from '../logical-id.ts'

/** The context that lets tables disappear: `-c remove=OrderEvents,ReactionCheckpoints`. */
const REMOVE = 'remove'

/** The content of the file: the logical ids of each stack's kept tables and user pool. */
type Recorded = Readonly<Record<string, readonly string[]>>

/**
 * The tables and the user pool that CloudFormation keeps if they disappear from the template. A file
 * records them, so that synth notices one that is missing. Synth by the CDK's command line adds new
 * ones to the file. With `CI` set it warns instead, because nobody would commit the file.
 */
export class KeptTables {
  readonly #api: Construct
  readonly #file: string

  /** @param file the path of `kept-tables.json`, which may not exist yet */
  constructor(api: Construct, file: string) {
    this.#api = api
    this.#file = file
    attachCustomSynthesis(api, { onSynthesize: () => this.#record() })
  }

  /**
   * Returns the tables and the user pool that are missing in the stack, one sentence each. Warns of
   * those that are missing in the file.
   */
  errors(): string[] {
    const stack = this.#stackName
    const kept = this.#kept()
    const recorded = this.#recorded()[stack] ?? []
    const added = kept.filter((id) => !recorded.includes(id))
    if (added.length > 0 && process.env.CI && isCommandLine()) {
      Annotations.of(this.#api).addWarningV2(
        'event-sourcing:kept-tables',
        `${this.#shortPath} does not list ${added.join(', ')} of the stack ${stack}, so that synth would not notice if one disappears: run npm run synth -- -c stage=prod on your machine, and commit the file`,
      )
    }
    const removed = this.#removed()
    const missing = recorded.filter((id) => !kept.includes(id) && !removed.includes(id))
    return [
      ...missing.map(
        (id) =>
          `The stack ${stack} no longer has the ${kindOf(id)} ${id}, which ${this.#shortPath} lists: restore ${describe(id)}, or synthesize once with -c ${REMOVE}=${id}. AWS keeps the ${kindOf(id)} and its data, but the application no longer uses it`,
      ),
      ...removed
        .filter((id) => !recorded.includes(id) || kept.includes(id))
        .map(
          (id) =>
            `-c ${REMOVE}=${id} must name a ${kindOf(id)} that is in ${this.#shortPath} and no longer in the stack ${stack}: leave out the option`,
        ),
    ]
  }

  #record(): void {
    if (!isCommandLine() || process.env.CI) return
    const recorded = this.#recorded()
    const stack = this.#stackName
    const kept = this.#kept()
    if (kept.length === 0 || isSame(recorded[stack], kept)) return
    writeFileSync(this.#file, `${JSON.stringify({ ...recorded, [stack]: kept }, undefined, 2)}\n`)
  }

  #kept(): string[] {
    return this.#api.node
      .findAll()
      .filter(
        (construct) => construct instanceof CfnGlobalTable || construct instanceof CfnUserPool,
      )
      .filter(({ cfnOptions }) => cfnOptions.deletionPolicy === CfnDeletionPolicy.RETAIN)
      .map((resource) => `${Stack.of(resource).resolve(resource.logicalId)}`)
      .sort()
  }

  #removed(): string[] {
    const value: unknown = this.#api.node.tryGetContext(REMOVE) ?? ''
    return `${value}`.split(',').filter((id) => id !== '')
  }

  #recorded(): Recorded {
    if (!existsSync(this.#file)) return {}
    const recorded = parsed(readFileSync(this.#file, 'utf8'))
    if (isRecorded(recorded)) return recorded
    throw new Error(
      `${this.#shortPath} must have a list of tables for each stack, such as { "Shop-prod": ["ProductEvents"] }: restore the file from your repository`,
    )
  }

  get #shortPath(): string {
    return relative(process.cwd(), this.#file)
  }

  get #stackName(): string {
    return Stack.of(this.#api).stackName
  }
}

function kindOf(logicalId: string): string {
  return logicalId === USER_POOL ? 'user pool' : 'table'
}

function describe(logicalId: string): string {
  if (logicalId === USER_POOL) return 'users: true in the auth of the API'
  if (logicalId === 'Views') return 'its views'
  const [, resource] = /^(\w+)Events$/.exec(logicalId) ?? []
  return resource === undefined ? 'its reactors or views' : `its resource ${resource}`
}

function isSame(one: readonly string[] | undefined, other: readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecorded(value: unknown): value is Recorded {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(
      (ids) => Array.isArray(ids) && ids.every((id) => typeof id === 'string'),
    )
  )
}
