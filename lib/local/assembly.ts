import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type RecipeFile, readRecipe } from '../bundles/index.ts'
import { isObject, type Json, type JsonObject, objectAt } from './json.ts'

/** The output of `cdk synth`: a stack's template and the files it refers to. */
export interface Assembly {
  readonly folder: string
  readonly stackName: string
  readonly template: JsonObject
  /** Returns the folder or file of the asset with this key; undefined if it does not exist. */
  asset(objectKey: string): string | undefined
  /**
   * Returns the folder or file with a function's code; undefined if it is not an asset of this
   * assembly.
   */
  functionAsset(logicalId: string): string | undefined
  /** Returns the recipes of the functions' bundles that the app has written to the assembly. */
  recipes(): (RecipeFile & { readonly logicalId: string })[]
  /**
   * Returns the place where the app created a resource: `lib/infrastructure/stack.ts:12:17`, as an
   * absolute path.
   */
  placeOf(logicalId: string): string | undefined
}

/** Reads the cloud assembly in a folder. It must hold one stack. */
export async function readAssembly(folder: string): Promise<Assembly> {
  const manifest = await readJson(
    join(folder, 'manifest.json'),
    `${folder} is not a cloud assembly`,
  )
  const artifacts = Object.entries(objectAt(manifest, 'artifacts')).map(
    ([id, artifact]) => [id, isObject(artifact) ? artifact : {}] as const,
  )
  const stacks = artifacts.filter(([, { type }]) => type === 'aws:cloudformation:stack')
  const [stack, another] = stacks
  if (!stack || another) {
    const names = stacks.map(([id]) => id).join(', ')
    throw new Error(`${folder} must have one stack; got ${stacks.length}: ${names || 'none'}`)
  }
  const [id, artifact] = stack
  const properties = objectAt(artifact, 'properties')
  const template = await readJson(
    join(folder, `${properties.templateFile}`),
    'The cloud assembly has no template',
  )
  const assets = new Map<string, string>()
  for (const [, { type, properties }] of artifacts) {
    if (type !== 'cdk:asset-manifest' || !isObject(properties)) continue
    const files = await readJson(
      join(folder, `${properties.file}`),
      'The cloud assembly has no asset manifest',
    )
    for (const [key, path] of assetsOf(files)) assets.set(key, join(folder, path))
  }
  const places = await placesOf(folder, artifact)
  return {
    folder: resolve(folder),
    stackName: `${properties.stackName ?? id}`,
    template,
    asset: (objectKey) => assets.get(objectKey),
    functionAsset: (logicalId) => {
      const resource = objectAt(objectAt(template, 'Resources'), logicalId)
      const key = objectAt(objectAt(resource, 'Properties'), 'Code').S3Key
      return typeof key === 'string' ? assets.get(key) : undefined
    },
    recipes: once(() =>
      Object.keys(objectAt(template, 'Resources')).flatMap((logicalId) => {
        const file = readRecipe(folder, id, logicalId)
        return file ? [{ ...file, logicalId }] : []
      }),
    ),
    placeOf: (logicalId) => places.get(logicalId),
  }
}

/** Returns the first call outside packages that led to each resource, by logical ids. */
async function placesOf(folder: string, artifact: JsonObject): Promise<Map<string, string>> {
  const file = artifact.additionalMetadataFile
  if (typeof file !== 'string') return new Map()
  const metadata = await readJson(join(folder, file), 'The cloud assembly has no metadata')
  return new Map(
    Object.values(metadata).flatMap((entries): [string, string][] => {
      const known = Array.isArray(entries) ? entries.filter((value) => isObject(value)) : []
      const data = (type: string) => known.find((entry) => entry.type === type)?.data
      const calls = data('aws:cdk:creationStack')
      const frames = Array.isArray(calls) ? calls : []
      const places = frames.flatMap((frame) => /\((.+:\d+:\d+)\)$/.exec(`${frame}`)?.[1] ?? [])
      const place = places.find((file) => !file.includes('node_modules'))
      const logicalId = data('aws:cdk:logicalId')
      return place === undefined || logicalId === undefined ? [] : [[`${logicalId}`, place]]
    }),
  )
}

/** Reads on the first call only, and caches the value: the files are large. */
function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | undefined
  return () => {
    known ??= { value: read() }
    return known.value
  }
}

function assetsOf(manifest: JsonObject): [key: string, path: string][] {
  return Object.values(objectAt(manifest, 'files')).flatMap((file) => {
    const { path } = objectAt(file, 'source')
    const destinations = Object.values(objectAt(file, 'destinations')).filter((value) =>
      isObject(value),
    )
    return destinations.map(({ objectKey }): [string, string] => [`${objectKey}`, `${path}`])
  })
}

async function readJson(path: string, problem: string): Promise<JsonObject> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`${problem}: cannot read ${path}`, { cause })
  })
  const value: Json = JSON.parse(text)
  if (!isObject(value)) throw new Error(`${problem}: ${path} must contain a JSON object`)
  return value
}
