import { join } from 'node:path'
import type { BuildOptions } from 'esbuild'

/**
 * The instructions to build the bundle of one function, as plain JSON. Synth writes them to the
 * cloud assembly. A local run uses them to build the bundle again when a source file has changed.
 */
export interface Recipe {
  /** The project's folder. Source maps name the sources relative to it. */
  readonly root: string
  /** The file that exports `handler`. */
  readonly entry: string
}

/**
 * Packages that every bundle leaves out. Lambda passes credentials in the environment, where the
 * SDK looks first. The packages for all other sources of credentials are a fifth of a bundle.
 */
const EXTERNAL = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
]

/** Smaller replacements for packages of which X-Ray's SDK needs only a part. */
const INSTEAD = {
  'cls-hooked/context': join(import.meta.dirname, 'cls-hooked.ts'),
  semver: join(import.meta.dirname, 'semver.ts'),
}

/**
 * Returns esbuild's options for the entries of functions, by name. The output is an ESM file for
 * each entry, for Node.js 20 and later. The deployed bundle therefore also runs on a developer's
 * machine.
 * @param root the project's folder
 * @param readable true skips minification, for a debugger without support for source maps
 */
export function buildOptions(
  root: string,
  entries: Readonly<Record<string, string>>,
  readable = false,
) {
  return {
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([name, entry]) => ({
      in: entry,
      out: join(name, 'index'),
    })),
    // esbuild writes no files. The folder only fixes the paths in the source map.
    outdir: root,
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: !readable,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'silent',
    external: EXTERNAL,
    alias: INSTEAD,
    // CommonJS packages in an ESM bundle still require Node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  } satisfies BuildOptions
}
