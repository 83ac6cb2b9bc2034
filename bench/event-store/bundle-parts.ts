import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { buildOptions, readRecipe } from '../../lib/bundles/index.ts'

const NAME = 'function'

/** A function of the application, as it is deployed. */
export interface Bundle {
  readonly logicalId: string
  /** What the template says it is for. */
  readonly description: string
  /** The bundle. */
  readonly file: string
}

/** The functions of a synthesized application, without those that CDK adds. */
export function bundlesIn(assembly: string): Bundle[] {
  const { Resources }: Template = JSON.parse(
    readFileSync(join(assembly, templateOf(assembly)), 'utf8'),
  )
  return Object.entries(Resources).flatMap(
    ([logicalId, { Properties: { Description, Code } = {} }]) => {
      const key = Code?.S3Key
      if (Description === undefined || typeof key !== 'string') return []
      const file = join(assembly, `asset.${key.replace('.zip', '')}`, 'index.mjs')
      return existsSync(file) ? [{ logicalId, description: Description, file }] : []
    },
  )
}

interface Template {
  readonly Resources: Record<string, { readonly Properties?: Properties }>
}

interface Properties {
  readonly Description?: string
  /** The key is a text for what the application itself packs. */
  readonly Code?: { readonly S3Key?: unknown }
}

function templateOf(assembly: string): string {
  return readdirSync(assembly).find((name) => name.endsWith('.template.json')) ?? ''
}

/** What a function's bundle is made of, the largest first, each with its KB. */
export async function partsOf({ logicalId }: Bundle, assembly: string): Promise<string[]> {
  const stack = basename(templateOf(assembly), '.template.json')
  const file = readRecipe(assembly, stack, logicalId)
  if (!file) throw new Error(`${assembly} does not say how ${logicalId} was bundled`)
  const { root, entry } = file.recipe
  const { metafile } = await build(buildOptions(root, { [NAME]: entry }))
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

/** The package that a file belongs to, or the folder of this project. */
function partOf(path: string): string {
  const [, module] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? []
  if (module) return module.replace(/^@smithy\/.*/, '@smithy/*')
  const [, folder] = /^(lib\/[^/]+|resolvers)/.exec(path) ?? []
  return folder ?? 'other'
}
