import { type BuildContext, context } from 'esbuild'
import {
  type Bundle,
  buildOptions,
  bundleOf,
  type Recipe,
  type RecipeFile,
} from '../../bundles/index.ts'

type Options = ReturnType<typeof buildOptions>

/** Makes the bundle of one function again and again; files that have not changed are not read again. */
export class Bundler {
  readonly recipe: Recipe
  readonly #readable: boolean
  #inputs: ReadonlySet<string>
  #context: Promise<BuildContext<Options>> | undefined
  #failed = false

  /** @param readable whether the code is for a debugger: not minified */
  constructor({ recipe, inputs }: RecipeFile, readable: boolean) {
    this.recipe = recipe
    this.#readable = readable
    this.#inputs = new Set(inputs.map(({ path }) => path))
  }

  /** The files outside packages that the last bundle was made from. */
  get sources(): string[] {
    return [...this.#inputs].filter((path) => !path.includes('node_modules'))
  }

  /** Whether a change of the files may change the bundle. After a failure, any change may. */
  isAffectedBy(paths: Iterable<string>): boolean {
    return this.#failed || [...paths].some((path) => this.#inputs.has(path))
  }

  /** Throws esbuild's `BuildFailure`. */
  async bundle(): Promise<Bundle> {
    this.#context ??= context(buildOptions(this.recipe, this.#readable))
    this.#failed = true
    const bundle = bundleOf(this.recipe, await (await this.#context).rebuild())
    this.#failed = false
    this.#inputs = new Set(bundle.inputs)
    return bundle
  }

  async stop(): Promise<void> {
    const opened = await this.#context
    await opened?.dispose()
  }
}
