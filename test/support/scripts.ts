import { execFile } from 'node:child_process'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildSync } from 'esbuild'
import { runFolder } from './run-folder.ts'

/**
 * Runs a script of this folder in its own process. Bundles it once for the whole test run: a
 * process that loads TypeScript takes a second longer.
 * @returns its output
 */
export async function runScript(name: string, ...args: readonly string[]): Promise<string> {
  const bundle = join(runFolder(), `${name}.mjs`)
  if (!existsSync(bundle)) {
    const outfile = `${bundle}.${process.pid}.mjs`
    buildSync({
      entryPoints: [join(__dirname, `${name}.ts`)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    })
    renameSync(outfile, bundle)
  }
  const { stdout } = await promisify(execFile)(process.execPath, [bundle, ...args])
  return stdout
}
