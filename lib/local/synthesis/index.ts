import { existsSync, readdirSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fingerprints } from '../../bundles/index.ts'
import { type Assembly, readAssembly } from '../assembly.ts'
import { type CdkApp, cdkApp } from './app.ts'
import { synthesisKey } from './key.ts'
import { synthesize } from './synthesize.ts'

export { type CdkApp, cdkApp } from './app.ts'
export { isSource } from './key.ts'
export { synthesize } from './synthesize.ts'

/** Marks an assembly that is complete and matches its key. */
const COMPLETE = 'complete'

export interface AssembliesOptions {
  /** The folder that holds the assemblies. */
  readonly folder: string
  /** The state folder, which holds no source. */
  readonly state: string
  /** The name of the stack to run. Undefined: the only stack with a GraphQL API. */
  readonly stack?: string | undefined
}

/** The cloud assemblies of an app, each in a folder named after the key of its sources. */
export class Assemblies {
  readonly #app: string
  readonly #folder: string
  readonly #skip: readonly string[]
  readonly #stack: string | undefined

  /** @param app the folder of cdk.json */
  constructor(app: string, { folder, state, stack }: AssembliesOptions) {
    this.#app = app
    this.#folder = folder
    this.#skip = [state]
    this.#stack = stack
  }

  /**
   * Returns the assembly of the app in its current state. Synthesizes it unless a stored one is
   * current. Throws the errors of `synthesize`.
   */
  async current(signal?: AbortSignal): Promise<Assembly> {
    const app = await cdkApp(this.#app)
    const key = this.#key(app)
    const folder = join(this.#folder, key)
    if (existsSync(join(folder, COMPLETE))) {
      const kept = await readAssembly(folder, this.#stack)
      if (bundlesAreCurrent(kept)) return kept
    }
    const made = `${folder}.${process.pid}`
    await this.#synthesize(app, made, signal)
    // Sources that changed meanwhile may have been read before or after the change.
    if (this.#key(app) === key) await writeFile(join(made, COMPLETE), '')
    await rm(folder, { recursive: true, force: true })
    await rename(made, folder)
    return readAssembly(folder, this.#stack)
  }

  /** Removes all assemblies except the running one. */
  async keepOnly({ folder }: Assembly): Promise<void> {
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name)
      if (path !== folder) await rm(path, { recursive: true, force: true })
    }
  }

  async #synthesize(app: CdkApp, made: string, signal: AbortSignal | undefined): Promise<void> {
    try {
      await synthesize(app, made, signal)
    } catch (error) {
      if (existsSync(this.#folder) && readdirSync(this.#folder).length === 0)
        await rm(this.#folder, { recursive: true })
      throw error
    }
  }

  #key(app: CdkApp): string {
    return synthesisKey(app, this.#skip)
  }
}

/** Whether all files of the bundles are unchanged. The key does not cover the files of packages. */
function bundlesAreCurrent(assembly: Assembly): boolean {
  const fingerprints = new Fingerprints()
  return assembly
    .recipes()
    .every(({ inputs }) => inputs.every((input) => fingerprints.isCurrent(input)))
}
