import { type BuildContext, context } from 'esbuild'
import { type Bundle, buildOptions, bundleOf, type RecipeFile } from '../../bundles/index.ts'

type Options = ReturnType<typeof buildOptions>

/** Sets of functions whose files are kept in memory: each takes about 80 MB. */
const KEPT_SETS = 3

/** Makes the bundles of functions again and again; files that have not changed are not parsed again. */
export class Bundler {
  readonly #recipes: ReadonlyMap<string, RecipeFile>
  readonly #readable: boolean
  readonly #inputs: Map<string, ReadonlySet<string>>
  /** The contexts of sets of functions that changed together, the last used at the end. */
  readonly #contexts = new Map<string, Promise<BuildContext<Options>>>()
  #failed = new Set<string>()
  #stopped = false

  /**
   * @param recipes how functions are bundled, by logical ids
   * @param readable whether the code is for a debugger: not minified
   */
  constructor(recipes: ReadonlyMap<string, RecipeFile>, readable: boolean) {
    this.#recipes = recipes
    this.#readable = readable
    this.#inputs = new Map(
      [...recipes].map(([id, { inputs }]) => [id, new Set(inputs.map(({ path }) => path))]),
    )
  }

  /** The files outside packages that the functions are made from. */
  get sources(): string[] {
    const all = [...this.#inputs.values()].flatMap((inputs) => [...inputs])
    return [...new Set(all)].filter((path) => !path.includes('node_modules'))
  }

  /**
   * Returns the functions that a change of the files may change. One whose last bundle failed may be
   * changed by any file.
   */
  affectedBy(paths: ReadonlySet<string>): string[] {
    return [...this.#inputs]
      .filter(([id, inputs]) => this.#failed.has(id) || [...paths].some((path) => inputs.has(path)))
      .map(([id]) => id)
  }

  /** Bundles the functions, all or none. Throws esbuild's `BuildFailure`. */
  async bundle(logicalIds: readonly string[]): Promise<Map<string, Bundle>> {
    const bundles = new Map<string, Bundle>()
    this.#failed = new Set([...this.#failed, ...logicalIds])
    for (const [root, ids] of this.#byRoot(logicalIds)) {
      const built = await (await this.#context(root, ids)).rebuild()
      for (const id of ids) bundles.set(id, bundleOf(root, id, built))
    }
    for (const [id, { inputs }] of bundles) {
      this.#inputs.set(id, new Set(inputs))
      this.#failed.delete(id)
    }
    return bundles
  }

  /**
   * Parses ahead what the first change of a domain's file needs: the sets of functions that share a
   * file, but not those that share the framework's, which changes less often.
   */
  async prepare(): Promise<void> {
    const sets = new Map<string, string[]>()
    for (const source of this.sources) {
      const ids = this.affectedBy(new Set([source]))
      if (ids.length > 1 && ids.length < this.#inputs.size / 2 + 1) sets.set(ids.join(' '), ids)
    }
    const largest = [...sets.values()].sort((one, other) => other.length - one.length)
    for (const set of largest.slice(0, KEPT_SETS).reverse()) {
      for (const [root, ids] of this.#byRoot(set)) {
        if (this.#stopped) return
        const built = await (await this.#context(root, ids)).rebuild()
        for (const id of ids) bundleOf(root, id, built)
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const contexts = [...this.#contexts.values()]
    this.#contexts.clear()
    await Promise.all(contexts.map(async (opened) => (await opened).dispose()))
  }

  #byRoot(logicalIds: readonly string[]): Map<string, string[]> {
    const roots = new Map<string, string[]>()
    for (const id of logicalIds) {
      const root = this.#recipes.get(id)?.recipe.root
      if (root !== undefined) roots.set(root, [...(roots.get(root) ?? []), id])
    }
    return roots
  }

  async #context(root: string, ids: readonly string[]): Promise<BuildContext<Options>> {
    const key = JSON.stringify([root, ids])
    const entries = ids.map((id) => [id, this.#recipes.get(id)?.recipe.entry ?? ''])
    const options = buildOptions(root, Object.fromEntries(entries), this.#readable)
    const opened = this.#contexts.get(key) ?? context(options)
    this.#contexts.delete(key)
    this.#contexts.set(key, opened)
    const [[oldest, unused] = []] = this.#contexts
    if (this.#contexts.size > KEPT_SETS && oldest !== undefined && unused) {
      this.#contexts.delete(oldest)
      await (await unused).dispose()
    }
    return opened
  }
}
