import { existsSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type { Message, Metafile, OutputFile } from 'esbuild'
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

/** The result of esbuild with the options of `buildOptions`. */
export interface Built {
  readonly outputFiles: readonly OutputFile[]
  readonly metafile: Metafile
}

/** Returns the bundle with a name out of those that esbuild has built. */
export function bundleOf(root: string, name: string, { outputFiles, metafile }: Built): Bundle {
  const text = (file: string) =>
    outputFiles.find(({ path }) => path === join(root, name, file))?.text ?? ''
  const { entryPoint = '' } = metafile.outputs[`${name}/index.mjs`] ?? {}
  const sources = reachable(entryPoint, metafile).map((path) => resolve(root, path))
  return {
    code: text('index.mjs'),
    map: ownSources(text('index.mjs.map')),
    inputs: [...sources, ...settingsOf(root, sources)],
  }
}

/** Returns esbuild's messages, with their places, if it is the reason why nothing was built. */
export function buildMessages(failure: unknown): Message[] | undefined {
  if (!(failure instanceof Error && 'errors' in failure)) return undefined
  return Array.isArray(failure.errors) ? failure.errors : undefined
}

/** The files that an entry imports, directly or not, those among them that add no code. */
function reachable(entry: string, { inputs }: Metafile): string[] {
  const found = new Set([entry])
  for (const path of found) {
    for (const { path: imported, external } of inputs[path]?.imports ?? []) {
      if (!external && imported in inputs) found.add(imported)
    }
  }
  return [...found]
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
