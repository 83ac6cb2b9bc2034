import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type RecipeFile, readRecipe } from '../bundles/index.ts'
import { isObject, type Json, type JsonObject, objectAt } from './json.ts'
import { withNestedStacks } from './template/index.ts'

/** The output of `cdk synth`: a stack's template and the files it refers to. */
export interface Assembly {
  readonly folder: string
  readonly stackName: string
  /** The template with the resources of its nested stacks. */
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

/**
 * Reads one stack of the cloud assembly in a folder.
 * @param name the stack's name. Default: the only stack, or the only one with a GraphQL API
 * @throws Error if there is no such stack, or several
 */
export async function readAssembly(folder: string, name?: string): Promise<Assembly> {
  const stack = chosenStack(await stacksIn(folder), folder, name)
  const { id, artifact } = stack
  const assets = new Map<string, string>()
  for (const [, { type, properties }] of await artifactsIn(stack.folder)) {
    if (type !== 'cdk:asset-manifest' || !isObject(properties)) continue
    const files = await readJson(
      join(stack.folder, `${properties.file}`),
      'The cloud assembly has no asset manifest',
    )
    for (const [key, path] of assetsOf(files)) assets.set(key, join(stack.folder, path))
  }
  const places = await placesOf(stack.folder, artifact)
  const template = await withNestedStacks(stack.template, async (url) => {
    // The URL is an expression, which ends in the key of the asset.
    const text = JSON.stringify(url)
    const [, path] = [...assets].find(([key]) => text.includes(key)) ?? []
    return path === undefined
      ? undefined
      : readJson(path, 'The cloud assembly lacks the template of a nested stack')
  })
  return {
    folder: resolve(folder),
    stackName: stack.name,
    template,
    asset: (objectKey) => assets.get(objectKey),
    functionAsset: (logicalId) => {
      const resource = objectAt(objectAt(template, 'Resources'), logicalId)
      const key = objectAt(objectAt(resource, 'Properties'), 'Code').S3Key
      return typeof key === 'string' ? assets.get(key) : undefined
    },
    recipes: once(() =>
      Object.keys(objectAt(template, 'Resources')).flatMap((logicalId) => {
        const file = readRecipe(stack.folder, id, logicalId)
        return file ? [{ ...file, logicalId }] : []
      }),
    ),
    placeOf: (logicalId) => places.get(logicalId),
  }
}

interface StackOfAssembly {
  /** The folder of its files: that of the assembly, or that of a CDK stage in it. */
  readonly folder: string
  readonly id: string
  readonly name: string
  readonly artifact: JsonObject
  readonly template: JsonObject
}

/** Returns the stacks of an assembly, including those of its CDK stages. */
async function stacksIn(folder: string): Promise<StackOfAssembly[]> {
  const stacks: StackOfAssembly[] = []
  for (const [id, artifact] of await artifactsIn(folder)) {
    const properties = objectAt(artifact, 'properties')
    if (artifact.type === 'cdk:cloud-assembly')
      stacks.push(...(await stacksIn(join(folder, `${properties.directoryName}`))))
    if (artifact.type !== 'aws:cloudformation:stack') continue
    const template = await readJson(
      join(folder, `${properties.templateFile}`),
      'The cloud assembly has no template',
    )
    stacks.push({ folder, id, name: `${properties.stackName ?? id}`, artifact, template })
  }
  return stacks
}

async function artifactsIn(folder: string): Promise<[id: string, artifact: JsonObject][]> {
  const manifest = await readJson(
    join(folder, 'manifest.json'),
    `${folder} is not a cloud assembly`,
  )
  return Object.entries(objectAt(manifest, 'artifacts')).map(([id, artifact]) => [
    id,
    isObject(artifact) ? artifact : {},
  ])
}

function chosenStack(
  stacks: readonly StackOfAssembly[],
  folder: string,
  name: string | undefined,
): StackOfAssembly {
  if (stacks.length === 0)
    throw new Error(`${folder} has no stack: add one with a GraphQL API to the app`)
  const withApi = stacks.filter(hasApi)
  if (name !== undefined) {
    const stack = stacks.find(({ id }) => id === name) ?? stacks.find((each) => each.name === name)
    if (!stack)
      throw new Error(`The app has no stack ${name}: pass to --stack one of ${namesOf(stacks)}`)
    if (!hasApi(stack) && withApi.length > 0)
      throw new Error(
        `The stack ${name} has no GraphQL API: pass to --stack one of ${namesOf(withApi)}`,
      )
    return stack
  }
  const [stack, another] = withApi.length > 0 ? withApi : stacks
  if (stack && !another) return stack
  if (withApi.length === 0)
    throw new Error(
      `No stack of the app has a GraphQL API: add an API to one of ${namesOf(stacks)}`,
    )
  throw new Error(
    `${withApi.length} stacks of the app have a GraphQL API: ${namesOf(withApi)}. ` +
      `Choose one, for example: npm start -- --stack ${stack?.name}`,
  )
}

function hasApi({ template }: StackOfAssembly): boolean {
  return Object.values(objectAt(template, 'Resources')).some(
    (resource) => isObject(resource) && resource.Type === 'AWS::AppSync::GraphQLApi',
  )
}

function namesOf(stacks: readonly StackOfAssembly[]): string {
  return stacks.map(({ name }) => name).join(', ')
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
