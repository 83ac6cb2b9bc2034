import { existsSync, readdirSync, readFileSync } from 'node:fs'
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

/** A function of the application, as it is deployed. */
export interface Bundle {
  /** What the template says it is for. */
  readonly description: string
  /** The bundle. */
  readonly file: string
}

/** The functions of a synthesized application, without those that CDK adds. */
export function bundlesIn(assembly: string): Bundle[] {
  const [template = ''] = readdirSync(assembly).filter((name) => name.endsWith('.template.json'))
  const { Resources }: Template = JSON.parse(readFileSync(join(assembly, template), 'utf8'))
  return Object.values(Resources).flatMap(({ Properties: { Description, Code } = {} }) => {
    const key = Code?.S3Key
    if (Description === undefined || typeof key !== 'string') return []
    const file = join(assembly, `asset.${key.replace('.zip', '')}`, 'index.mjs')
    return existsSync(file) ? [{ description: Description, file }] : []
  })
}

interface Template {
  readonly Resources: Record<string, { readonly Properties?: Properties }>
}

interface Properties {
  readonly Description?: string
  /** The key is a text for what the application itself packs. */
  readonly Code?: { readonly S3Key?: unknown }
}

/** What a function's bundle is made of, the largest first, each with its KB. */
export async function partsOf({ description, file }: Bundle, assembly: string): Promise<string[]> {
  const { entry, alias } = sourcesOf(description, assembly)
  const { metafile } = await build({
    ...BUNDLING,
    entryPoints: [join(ROOT, entry)],
    alias: { ...alias, semver: join(ROOT, 'lib/infrastructure/bundled/semver.ts') },
    // What the real bundle still asks for was left out of it on purpose.
    external: [...readFileSync(file, 'utf8').matchAll(/import\("(@[^"]+)"\)/g)].map(
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

function sourcesOf(description: string, assembly: string) {
  const generated = (name: string) => {
    const file = readdirSync(assembly).find((found) => found.endsWith(`${name}.mjs`))
    return { [name]: join(assembly, `${file}`) }
  }
  const [, operation, domain] = /^(Query|Mutation) fields of (\w+)$/.exec(description) ?? []
  if (domain !== undefined) {
    const file = `${operation === 'Query' ? 'queries' : 'commands'}.ts`
    return {
      entry: 'lib/appsync/entry.ts',
      alias: { 'domain-fields': join(ROOT, 'resolvers', domain, file) },
    }
  }
  return description.includes('reactors')
    ? { entry: 'lib/appsync/reactions-entry.ts', alias: generated('domain-reactions') }
    : { entry: 'resolvers/feed.ts', alias: generated('domain-resources') }
}

/** The package that a file belongs to, or the folder of this project. */
function partOf(path: string): string {
  const [, module] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? []
  if (module) return module.replace(/^@smithy\/.*/, '@smithy/*')
  const [, folder] = /^(lib\/[^/]+|resolvers)/.exec(path) ?? []
  return folder ?? 'other'
}
