import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { type Bundle, bundleOf } from './bundle.ts'
import { type Fingerprint, Fingerprints, hashOf } from './fingerprint.ts'
import { buildOptions, type Recipe } from './recipe.ts'

/** The time in milliseconds after which an unused bundle is removed. */
const UNUSED = 7 * 24 * 60 * 60_000

/** A bundle in the cache. */
export interface CachedBundle {
  /** The folder of `index.mjs` and `index.mjs.map`. */
  readonly folder: string
  readonly inputs: readonly Fingerprint[]
}

/** The prefix of the bundles' names. The output does not contain it, so any text works. */
const NAME = 'function'

const require = createRequire(import.meta.url)
const { version }: { version: string } = require('esbuild/package.json')

/** A cache of bundles by the content of their sources, in the project's `node_modules/.cache`. */
export class BundleCache {
  readonly #folder: string
  readonly #fingerprints = new Fingerprints()

  /** @param root the project's folder */
  constructor(root: string) {
    this.#folder = join(root, 'node_modules/.cache/event-sourcing')
  }

  /**
   * Returns the bundles of recipes, in the same order. Builds missing and outdated bundles in one run
   * of esbuild, because functions share most of their files.
   * @throws esbuild's `BuildFailure`
   */
  bundles(recipes: readonly Recipe[]): CachedBundle[] {
    const kept = recipes.map((recipe) => this.#current(this.#record(recipe)))
    const missing = new Map(
      recipes.flatMap((recipe, index): [string, Recipe][] =>
        kept[index] ? [] : [[`${NAME}${index}`, recipe]],
      ),
    )
    const made = this.#build(missing)
    if (made.size > 0) this.#prune()
    return recipes.flatMap((_, index) => kept[index] ?? made.get(`${NAME}${index}`) ?? [])
  }

  #build(recipes: ReadonlyMap<string, Recipe>): Map<string, CachedBundle> {
    const made = new Map<string, CachedBundle>()
    for (const root of new Set([...recipes.values()].map((recipe) => recipe.root))) {
      const ofRoot = [...recipes].filter(([, recipe]) => recipe.root === root)
      const entries = Object.fromEntries(ofRoot.map(([name, { entry }]) => [name, entry]))
      const built = buildSync(buildOptions(root, entries))
      for (const [name, recipe] of ofRoot) {
        const bundle = bundleOf(root, name, built)
        const cached = {
          folder: this.#keep(bundle),
          inputs: bundle.inputs.map((path) => this.#fingerprints.of(path)),
        }
        this.#replace(this.#record(recipe), JSON.stringify(cached))
        made.set(name, cached)
      }
    }
    return made
  }

  /** Returns the path of the file that records a recipe's bundle and its inputs. */
  #record({ root, entry }: Recipe): string {
    const options = buildOptions(root, { [NAME]: entry })
    return join(this.#folder, `${hashOf(JSON.stringify([version, options]))}.json`)
  }

  /**
   * Stores a module that was generated for a bundle.
   * @returns the path, which is the same for all modules with this text
   */
  module(text: string): string {
    const path = join(this.#folder, `${hashOf(text)}.mjs`)
    if (!existsSync(path)) this.#replace(path, text)
    return path
  }

  #current(record: string): CachedBundle | undefined {
    if (!existsSync(record)) return undefined
    const cached: CachedBundle = JSON.parse(readFileSync(record, 'utf8'))
    const isCurrent =
      existsSync(join(cached.folder, 'index.mjs')) &&
      cached.inputs.every((input) => this.#fingerprints.isCurrent(input))
    if (!isCurrent) return undefined
    const now = new Date()
    for (const used of [record, cached.folder]) utimesSync(used, now, now)
    return cached
  }

  #keep({ code, map }: Bundle): string {
    const folder = join(this.#folder, hashOf(code + map))
    if (existsSync(folder)) return folder
    mkdirSync(this.#folder, { recursive: true })
    const made = mkdtempSync(`${folder}-`)
    writeFileSync(join(made, 'index.mjs'), code)
    writeFileSync(join(made, 'index.mjs.map'), map)
    try {
      renameSync(made, folder)
    } catch {
      // Another process has stored the same bundle in the meantime.
      rmSync(made, { recursive: true })
    }
    return folder
  }

  #replace(path: string, text: string): void {
    mkdirSync(this.#folder, { recursive: true })
    const written = `${path}.${process.pid}`
    writeFileSync(written, text)
    renameSync(written, path)
  }

  #prune(): void {
    const before = Date.now() - UNUSED
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name)
      const used = statSync(path, { throwIfNoEntry: false })
      if (used && used.mtimeMs < before) rmSync(path, { recursive: true, force: true })
    }
  }
}
