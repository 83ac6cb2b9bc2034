import { existsSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type { Message, Metafile, OutputFile } from 'esbuild'
import { ownSources } from './source-map.ts'

/** The code of one function, as Lambda receives it. */
export interface Bundle {
  /** The contents of `index.mjs`. */
  readonly code: string
  /** The contents of `index.mjs.map`. */
  readonly map: string
  /** The absolute paths of all source files of the bundle. */
  readonly inputs: readonly string[]
}

/** The result of esbuild with the options of `buildOptions`. */
export interface Built {
  readonly outputFiles: readonly OutputFile[]
  readonly metafile: Metafile
}

/** Returns the bundle with this name from the output of esbuild. */
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

/**
 * Returns esbuild's messages, with their places. Returns undefined if the failure is not esbuild's.
 */
export function buildMessages(failure: unknown): Message[] | undefined {
  if (!(failure instanceof Error && 'errors' in failure)) return undefined
  return Array.isArray(failure.errors) ? failure.errors : undefined
}

/**
 * Returns the files that an entry imports, directly or indirectly, including files that add no
 * code.
 */
function reachable(entry: string, { inputs }: Metafile): string[] {
  const found = new Set([entry])
  for (const path of found) {
    for (const { path: imported, external } of inputs[path]?.imports ?? []) {
      if (!external && imported in inputs) found.add(imported)
    }
  }
  return [...found]
}

/** Returns the settings files that affect how esbuild reads the sources. */
function settingsOf(root: string, sources: readonly string[]): string[] {
  const packages = new Set(sources.flatMap((source) => packageFolder(source) ?? []))
  return [...packages, root]
    .map((folder) => join(folder, 'package.json'))
    .concat(join(root, 'tsconfig.json'))
    .filter((file) => existsSync(file))
}

/** Returns the folder of the package that a file belongs to: `…/node_modules/@scope/name`. */
function packageFolder(file: string): string | undefined {
  const parts = file.split(sep)
  const at = parts.lastIndexOf('node_modules')
  if (at === -1) return undefined
  return parts.slice(0, at + (parts[at + 1]?.startsWith('@') ? 3 : 2)).join(sep)
}
