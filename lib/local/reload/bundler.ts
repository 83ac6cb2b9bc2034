import { type BuildContext, context } from 'esbuild'
import { type Bundle, buildOptions, bundleOf, type RecipeFile } from '../../bundles/index.ts'

type Options = ReturnType<typeof buildOptions>

/** The most sets of functions whose files are kept in memory. Each takes about 80 MB. */
const KEPT_SETS = 3

/** Bundles functions repeatedly. Parses only files that have changed. */
export class Bundler {
  readonly #recipes: ReadonlyMap<string, RecipeFile>
  readonly #readable: boolean
  readonly #inputs: Map<string, ReadonlySet<string>>
  /** The contexts of sets of functions that changed together, most recently used last. */
  readonly #contexts = new Map<string, Promise<BuildContext<Options>>>()
  #failed = new Set<string>()
  #stopped = false

  /**
   * @param recipes the recipes of the functions, by logical ids
   * @param readable true skips minification, for a debugger
   */
  constructor(recipes: ReadonlyMap<string, RecipeFile>, readable: boolean) {
    this.#recipes = recipes
    this.#readable = readable
    this.#inputs = new Map(
      [...recipes].map(([id, { inputs }]) => [id, new Set(inputs.map(({ path }) => path))]),
    )
  }

  /** The source files of the functions, outside packages. */
  get sources(): string[] {
    const all = [...this.#inputs.values()].flatMap((inputs) => [...inputs])
    return [...new Set(all)].filter((path) => !path.includes('node_modules'))
  }

  /**
   * Returns the functions that a change of the files can change. Includes each function whose last
   * bundle failed, since any file may fix it.
   */
  affectedBy(paths: ReadonlySet<string>): string[] {
    return [...this.#inputs]
      .filter(([id, inputs]) => this.#failed.has(id) || [...paths].some((path) => inputs.has(path)))
      .map(([id]) => id)
  }

  /** Bundles all of the functions or none. Throws esbuild's `BuildFailure`. */
  async bundle(logicalIds: readonly string[]): Promise<Map<string, Bundle>> {
    this.#failed = new Set([...this.#failed, ...logicalIds])
    const bundles = await this.#build(logicalIds)
    for (const [id, { inputs }] of bundles) {
      this.#inputs.set(id, new Set(inputs))
      this.#failed.delete(id)
    }
    return bundles
  }

  /**
   * Parses ahead the files that the first change of a domain's file needs. Covers the sets of
   * functions that share a domain's file. Skips the sets that share the framework's files, which
   * change less often.
   */
  async prepare(): Promise<void> {
    const sets = new Map<string, string[]>()
    for (const source of this.sources) {
      const ids = this.affectedBy(new Set([source]))
      if (ids.length > 1 && ids.length < this.#inputs.size / 2 + 1) sets.set(ids.join(' '), ids)
    }
    const largest = [...sets.values()].sort((one, other) => other.length - one.length)
    for (const set of largest.slice(0, KEPT_SETS).reverse()) {
      if (this.#stopped) return
      await this.#build(set)
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const contexts = [...this.#contexts.values()]
    this.#contexts.clear()
    await Promise.all(contexts.map(async (opened) => (await opened).dispose()))
  }

  async #build(logicalIds: readonly string[]): Promise<Map<string, Bundle>> {
    const bundles = new Map<string, Bundle>()
    for (const [root, ids] of this.#byRoot(logicalIds)) {
      const built = await (await this.#context(root, ids)).rebuild()
      for (const id of ids) bundles.set(id, bundleOf(root, id, built))
    }
    return bundles
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
