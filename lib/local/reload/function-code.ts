import type { Assembly } from '../assembly.ts'
import type { InstalledCode } from '../lambda/installed-code.ts'
import { Bundler } from './bundler.ts'

/** The folder that each function runs from, by logical ids. */
export type CodeFolders = ReadonlyMap<string, string>

/** Functions that were bundled anew, and those whose bundle failed. */
export interface Rebuilt {
  readonly folders: CodeFolders
  /** esbuild's `BuildFailure`, once for each function that it stopped. */
  readonly failures: readonly unknown[]
}

/** The code of the functions: from the assembly, and bundled again when a source file changes. */
export class FunctionCode {
  readonly #installed: InstalledCode
  readonly #readable: boolean
  #bundlers = new Map<string, Bundler>()

  /** @param readable whether the code is for a debugger: bundled here, and not minified */
  constructor(installed: InstalledCode, readable: boolean) {
    this.#installed = installed
    this.#readable = readable
    installed.clear()
  }

  /** The files outside packages that the functions are made from. */
  get sources(): string[] {
    return [...this.#bundlers.values()].flatMap(({ sources }) => sources)
  }

  /** Installs the code of an assembly's functions, as far as it says how they were bundled. */
  async of(assembly: Assembly): Promise<CodeFolders> {
    const recipes = assembly.recipes()
    const before = this.#bundlers
    this.#bundlers = new Map(
      recipes.map((file): [string, Bundler] => {
        const known = before.get(file.logicalId)
        const isSame = JSON.stringify(known?.recipe) === JSON.stringify(file.recipe)
        return [file.logicalId, known && isSame ? known : new Bundler(file, this.#readable)]
      }),
    )
    const kept = new Set(this.#bundlers.values())
    await Promise.all([...before.values()].filter((old) => !kept.has(old)).map((old) => old.stop()))
    const folders = recipes.map(async ({ logicalId, recipe }): Promise<[string, string]> => {
      const asset = assembly.functionAsset(logicalId)
      const folder =
        this.#readable || asset === undefined
          ? (await this.#bundle([logicalId])).folders.get(logicalId)
          : this.#installed.installAsset(logicalId, asset, recipe.root)
      if (folder === undefined) throw new Error(`${logicalId} cannot be bundled`)
      return [logicalId, folder]
    })
    return new Map(await Promise.all(folders))
  }

  /** Bundles the functions again that are made from any of the files. */
  async rebuild(changed: ReadonlySet<string>): Promise<Rebuilt> {
    const affected = [...this.#bundlers].filter(([, bundler]) => bundler.isAffectedBy(changed))
    return this.#bundle(affected.map(([logicalId]) => logicalId))
  }

  /** Reads all files once, so that the first change is as fast as those after it. */
  async warm(): Promise<void> {
    for (const bundler of this.#bundlers.values()) await bundler.bundle().catch(() => {})
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#bundlers.values()].map((bundler) => bundler.stop()))
  }

  async #bundle(logicalIds: readonly string[]): Promise<Rebuilt> {
    const folders = new Map<string, string>()
    const failures: unknown[] = []
    const bundled = logicalIds.map(async (logicalId) => {
      const bundler = this.#bundlers.get(logicalId)
      if (!bundler) return
      try {
        const { root } = bundler.recipe
        folders.set(logicalId, this.#installed.install(logicalId, await bundler.bundle(), root))
      } catch (failure) {
        failures.push(failure)
      }
    })
    await Promise.all(bundled)
    return { folders, failures }
  }
}
