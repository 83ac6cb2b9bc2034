import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { buildOptions, type Recipe, readRecipe } from '../../lib/bundles/index.ts'

/** A function of the application as it is deployed. */
export interface Bundle {
  /** The description in the template. */
  readonly description: string
  /** The path of the bundle. */
  readonly file: string
  readonly recipe: Recipe
}

interface Template {
  readonly Resources: Record<string, { readonly Properties?: Properties }>
}

interface Properties {
  readonly Description?: string
  /** The key is a string if the application bundles the code itself. */
  readonly Code?: { readonly S3Key?: unknown }
}

const TEMPLATE = '.template.json'

/** Returns the functions of a synthesized application, without those that CDK adds. */
export function bundlesIn(assembly: string): Bundle[] {
  const [file = ''] = readdirSync(assembly).filter((name) => name.endsWith(TEMPLATE))
  const stack = file.slice(0, -TEMPLATE.length)
  const { Resources }: Template = JSON.parse(readFileSync(join(assembly, file), 'utf8'))
  return Object.entries(Resources).flatMap(([logicalId, { Properties = {} }]) => {
    const { Description: description, Code } = Properties
    const made = readRecipe(assembly, stack, logicalId)
    if (description === undefined || typeof Code?.S3Key !== 'string' || !made) return []
    const bundle = join(assembly, `asset.${Code.S3Key.replace('.zip', '')}`, 'index.mjs')
    return existsSync(bundle) ? [{ description, file: bundle, recipe: made.recipe }] : []
  })
}

/** Returns the parts of a function's bundle, the largest first, each with its size in KB. */
export async function partsOf({ recipe }: Bundle): Promise<string[]> {
  const { metafile } = await build(buildOptions(recipe.root, { function: recipe.entry }))
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

/** Returns the package that a file belongs to, or its folder in this project. */
function partOf(path: string): string {
  const [, module] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? []
  if (module) return module.replace(/^@smithy\/.*/, '@smithy/*')
  const [, folder] = /^(lib\/[^/]+|resolvers)/.exec(path) ?? []
  return folder ?? 'other'
}
