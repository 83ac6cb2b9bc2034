import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { buildOptions, readRecipe } from '../../../lib/bundles/index.ts'
import { assembly } from '../../support/assembly.ts'
import { newFolder } from '../../support/run-folder.ts'

const ROOT = join(__dirname, '../../..')
const STACK = 'EventSourcing-dev'

export interface Resource {
  readonly Type: string
  readonly Properties: Record<string, unknown>
}

export type Resources = Readonly<Record<string, Resource>>

/** One change of a cloud assembly. */
export type Change =
  | { readonly source: string; readonly from: string; readonly to: string }
  | { readonly resources: (resources: Resources) => void }

/** Changes a source file, and builds the functions that contain it. */
export function source(file: string, from: string, to: string): Change {
  return { source: join(ROOT, file), from, to }
}

/** Changes the schema of the API. */
export function schema(from: string, to: string): Change {
  return text((type) => type === 'AWS::AppSync::GraphQLSchema', 'Definition', from, to)
}

/** Changes the script of all resolvers that contain a text. */
export function script(from: string, to: string): Change {
  return text((type) => type === 'AWS::AppSync::Resolver', 'Code', from, to)
}

/** Sets properties of the resources whose logical ids match. */
export function properties(logicalId: RegExp, values: object): Change {
  return {
    resources(resources) {
      const found = Object.entries(resources).filter(([id]) => logicalId.test(id))
      if (found.length === 0) throw new Error(`No resource matches ${logicalId}`)
      for (const [, { Properties }] of found) Object.assign(Properties, values)
    },
  }
}

function text(isOf: (type: string) => boolean, property: string, from: string, to: string): Change {
  return {
    resources(resources) {
      const found = Object.values(resources)
        .filter(({ Type }) => isOf(Type))
        .filter(({ Properties }) => `${Properties[property]}`.includes(from))
      if (found.length === 0) throw new Error(`No ${property} contains ${from}`)
      for (const { Properties } of found)
        Properties[property] = `${Properties[property]}`.replaceAll(from, to)
    },
  }
}

/** Returns the folder of a copy of the examples' cloud assembly with one change. */
export async function brokenAssembly(change: Change): Promise<string> {
  const folder = newFolder('broken')
  cpSync(await assembly('examples'), folder, { recursive: true })
  const file = join(folder, `${STACK}.template.json`)
  const template: { Resources: Resources } = JSON.parse(readFileSync(file, 'utf8'))
  if ('source' in change) await rebuild(folder, template.Resources, change)
  else change.resources(template.Resources)
  writeFileSync(file, JSON.stringify(template))
  return folder
}

async function rebuild(
  folder: string,
  resources: Resources,
  change: Extract<Change, { source: string }>,
): Promise<void> {
  const functions = Object.entries(resources).flatMap(([logicalId, { Properties }]) => {
    const { recipe, inputs } = readRecipe(folder, STACK, logicalId) ?? {}
    const isAffected = inputs?.some(({ path }) => path === change.source)
    const key = /S3Key":"(\w+)\.zip/.exec(JSON.stringify(Properties))?.[1]
    return recipe && isAffected && key ? [{ ...recipe, asset: join(folder, `asset.${key}`) }] : []
  })
  if (functions.length === 0) throw new Error(`No function contains ${change.source}`)
  for (const { root, entry, asset } of functions) {
    const options = buildOptions(root, { changed: entry }, true)
    const { outputFiles } = await build({ ...options, plugins: [replacing(change)] })
    const code = outputFiles.find(({ path }) => path.endsWith('index.mjs'))?.text ?? ''
    writeFileSync(join(asset, 'index.mjs'), code)
  }
}

/** Replaces a text that occurs once in a source file. */
function replacing({ source, from, to }: Extract<Change, { source: string }>): Plugin {
  return {
    name: 'replacing',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (path !== source) return undefined
        const [before, after, ...more] = readFileSync(path, 'utf8').split(from)
        if (before === undefined || after === undefined || more.length > 0)
          throw new Error(`${path} must contain this text once: ${from}`)
        return { contents: `${before}${to}${after}`, loader: 'ts' }
      })
    },
  }
}
