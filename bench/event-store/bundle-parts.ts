import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'

const ROOT = join(import.meta.dirname, '../..')

/** As lib/infrastructure/event-function.ts has the bundler called. */
export const BUNDLING = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  logLevel: 'error',
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
} satisfies BuildOptions

/** What a function's bundle is made of, the largest first, each with its KB. */
export async function partsOf(name: string, bundle: string, assembly: string): Promise<string[]> {
  const { metafile } = await build({
    ...BUNDLING,
    ...entryOf(name, assembly),
    // What the real bundle still asks for was left out of it on purpose.
    external: [...readFileSync(bundle, 'utf8').matchAll(/import\("(@[^"]+)"\)/g)].map(
      ([, module = '']) => module,
    ),
    metafile: true,
    write: false,
  })
  const bytes = new Map<string, number>()
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const part = partOf(path)
      bytes.set(part, (bytes.get(part) ?? 0) + bytesInOutput)
    }
  }
  return [...bytes]
    .sort(([, one], [, other]) => other - one)
    .map(([part, size]) => `${part} ${(size / 1024).toFixed(0)}`)
}

function entryOf(name: string, assembly: string): BuildOptions {
  if (name !== 'feed') {
    const alias = { 'domain-fields': join(ROOT, 'resolvers/shopping', `${name}.ts`) }
    return { entryPoints: [join(ROOT, 'lib/appsync/entry.ts')], alias }
  }
  const resources = readdirSync(assembly).find((file) => file.endsWith('domain-resources.mjs'))
  const alias = { 'domain-resources': join(assembly, `${resources}`) }
  return { entryPoints: [join(ROOT, 'resolvers/feed.ts')], alias }
}

/** The package that a file belongs to, or the folder of this project. */
function partOf(path: string): string {
  const [, module] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? []
  if (module) return module.replace(/^@smithy\/.*/, '@smithy/*')
  const [, folder] = /^(lib\/[^/]+|resolvers)/.exec(path) ?? []
  return folder ?? 'other'
}
