import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject, type Json, type JsonObject, objectAt } from './template/index.ts'

/** What `cdk synth` leaves behind: a stack's template and the files it refers to. */
export interface Assembly {
  readonly stackName: string
  readonly template: JsonObject
  /** The folder or file that would be uploaded under a key; undefined: there is none. */
  asset(objectKey: string): string | undefined
}

/** Reads the cloud assembly in a folder. It must hold one stack. */
export async function readAssembly(folder: string): Promise<Assembly> {
  const manifest = await readJson(join(folder, 'manifest.json'), `${folder} is no cloud assembly`)
  const artifacts = Object.entries(objectAt(manifest, 'artifacts')).map(
    ([id, artifact]) => [id, isObject(artifact) ? artifact : {}] as const,
  )
  const stacks = artifacts.filter(([, { type }]) => type === 'aws:cloudformation:stack')
  const [stack, another] = stacks
  if (!stack || another) {
    const names = stacks.map(([id]) => id).join(', ')
    throw new Error(`${folder} has ${stacks.length} stacks: expected one. ${names}`.trim())
  }
  const [id, artifact] = stack
  const properties = objectAt(artifact, 'properties')
  const template = await readJson(join(folder, `${properties.templateFile}`), 'No template')
  const assets = new Map<string, string>()
  for (const [, { type, properties }] of artifacts) {
    if (type !== 'cdk:asset-manifest' || !isObject(properties)) continue
    const files = await readJson(join(folder, `${properties.file}`), 'No asset manifest')
    for (const [key, path] of assetsOf(files)) assets.set(key, join(folder, path))
  }
  return {
    stackName: `${properties.stackName ?? id}`,
    template,
    asset: (objectKey) => assets.get(objectKey),
  }
}

function assetsOf(manifest: JsonObject): [key: string, path: string][] {
  return Object.values(objectAt(manifest, 'files')).flatMap((file) => {
    const { path } = objectAt(file, 'source')
    const destinations = Object.values(objectAt(file, 'destinations')).filter(isObject)
    return destinations.map(({ objectKey }): [string, string] => [`${objectKey}`, `${path}`])
  })
}

async function readJson(path: string, problem: string): Promise<JsonObject> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`${problem}: cannot read ${path}`, { cause })
  })
  const value: Json = JSON.parse(text)
  if (!isObject(value)) throw new Error(`${problem}: ${path} holds no object`)
  return value
}
