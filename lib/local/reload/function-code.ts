import { isDeepStrictEqual } from 'node:util'
import { stop as stopEsbuild } from 'esbuild'
import type { Bundle, Recipe } from '../../bundles/index.ts'
import type { Assembly } from '../assembly.ts'
import { objectAt } from '../json.ts'
import type { InstalledCode } from '../lambda/installed-code.ts'
import { Bundler } from './bundler.ts'

/** The folder that each function runs from, by logical ids. */
export type CodeFolders = ReadonlyMap<string, string>

/** The code of the functions, from the assembly. Bundled again when a source file changes. */
export class FunctionCode {
  readonly #installed: InstalledCode
  readonly #readable: boolean
  #recipes: ReadonlyMap<string, Recipe> = new Map()
  #bundler: Bundler

  /** @param readable true bundles the code here without minification, for a debugger */
  constructor(installed: InstalledCode, readable: boolean) {
    this.#installed = installed
    this.#readable = readable
    this.#bundler = new Bundler(new Map(), readable)
    installed.clear()
  }

  /** The source files of the functions, outside packages. */
  get sources(): string[] {
    return this.#bundler.sources
  }

  /**
   * Installs the code of an assembly's functions, if the assembly holds their recipes or their code
   * cannot run from its own folder.
   */
  async of(assembly: Assembly): Promise<CodeFolders> {
    const recipes = new Map(assembly.recipes().map((file) => [file.logicalId, file]))
    const bundled = new Map([...recipes].map(([id, { recipe }]) => [id, recipe]))
    if (!isDeepStrictEqual(bundled, this.#recipes)) {
      const before = this.#bundler
      this.#recipes = bundled
      this.#bundler = new Bundler(recipes, this.#readable)
      await before.stop()
    }
    const readable = this.#readable
      ? this.#install(await this.#bundler.bundle([...recipes.keys()]))
      : new Map<string, string>()
    const installed = Object.keys(objectAt(assembly.template, 'Resources')).flatMap(
      (id): [string, string][] => {
        const asset = assembly.functionAsset(id)
        if (asset === undefined || readable.has(id)) return []
        const recipe = recipes.get(id)?.recipe
        const folder = recipe
          ? this.#installed.installAsset(id, asset, recipe.root)
          : this.#installed.installCommonJs(id, asset)
        return folder === undefined ? [] : [[id, folder]]
      },
    )
    return new Map([...readable, ...installed])
  }

  /**
   * Bundles the functions again that use any of the files. Throws esbuild's `BuildFailure`; the
   * code is then unchanged.
   */
  async rebuild(changed: ReadonlySet<string>): Promise<CodeFolders> {
    return this.#install(await this.#bundler.bundle(this.#bundler.affectedBy(changed)))
  }

  /**
   * Parses ahead, so that the first change of a file is quick. A bundle error surfaces at that
   * change.
   */
  async prepare(): Promise<void> {
    await this.#bundler.prepare().catch(() => {})
  }

  async stop(): Promise<void> {
    await this.#bundler.stop()
    await stopEsbuild()
  }

  #install(bundles: ReadonlyMap<string, Bundle>): CodeFolders {
    return new Map(
      [...bundles].map(([id, bundle]) => [
        id,
        this.#installed.install(id, bundle, this.#recipes.get(id)?.root ?? ''),
      ]),
    )
  }
}
