import { existsSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { buildSync, type Metafile, type OutputFile } from 'esbuild'
import { buildOptions, type Recipe } from './recipe.ts'
import { ownSources } from './source-map.ts'

/** The code of one function, as Lambda gets it. */
export interface Bundle {
  /** `index.mjs` */
  readonly code: string
  /** `index.mjs.map` */
  readonly map: string
  /** The absolute paths of all files that it was made from. */
  readonly inputs: readonly string[]
}

/** What esbuild returns with the options of a recipe. */
export interface Built {
  readonly outputFiles: readonly OutputFile[]
  readonly metafile: Metafile
}

/** Makes a bundle. Throws esbuild's `BuildFailure`, which names file and line. */
export function bundle(recipe: Recipe): Bundle {
  return bundleOf(recipe, buildSync(buildOptions(recipe)))
}

/** Returns the bundle that esbuild has built with the options of a recipe. */
export function bundleOf({ root }: Recipe, { outputFiles, metafile }: Built): Bundle {
  const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? ''
  const sources = Object.keys(metafile.inputs).map((path) => resolve(root, path))
  return {
    code: text('index.mjs'),
    map: ownSources(text('index.mjs.map')),
    inputs: [...sources, ...settingsOf(root, sources)],
  }
}

/** The files that decide, beside the sources, how esbuild reads them. */
function settingsOf(root: string, sources: readonly string[]): string[] {
  const packages = new Set(sources.flatMap((source) => packageFolder(source) ?? []))
  return [...packages, root]
    .map((folder) => join(folder, 'package.json'))
    .concat(join(root, 'tsconfig.json'))
    .filter((file) => existsSync(file))
}

/** The folder of the package that a file belongs to: `…/node_modules/@scope/name`. */
function packageFolder(file: string): string | undefined {
  const parts = file.split(sep)
  const at = parts.lastIndexOf('node_modules')
  if (at === -1) return undefined
  return parts.slice(0, at + (parts[at + 1]?.startsWith('@') ? 3 : 2)).join(sep)
}
