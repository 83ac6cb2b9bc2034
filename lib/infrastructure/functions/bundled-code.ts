import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Aspects, attachCustomSynthesis, CfnElement, Stack } from 'aws-cdk-lib'
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Asset } from 'aws-cdk-lib/aws-s3-assets'
import type { IConstruct } from 'constructs'
import { formatMessagesSync } from 'esbuild'
import {
  BundleCache,
  buildMessages,
  nestedLogicalId,
  type Recipe,
  type RecipeFile,
  recipeFileName,
} from '../../bundles/index.ts'

/** An expression of JavaScript, and the imports that it needs. */
export interface ModuleParts {
  /** `import * as file from "/path"` */
  readonly imports: readonly string[]
  /** `file` */
  readonly expression: string
}

interface Pending {
  readonly target: LambdaFunction
  /** Returns the recipe. Called at synthesis, when the whole stack is known. */
  readonly recipe: () => Recipe
}

/** The functions of an app that wait for their bundles. */
class Bundling {
  readonly cache = new BundleCache(process.cwd())
  #pending: Pending[] = []

  constructor(root: IConstruct) {
    // At synthesis, all functions are known. One run of esbuild bundles all of them.
    Aspects.of(root).add({ visit: (node) => node === root && this.#bundle() })
  }

  add(pending: Pending): void {
    this.#pending.push(pending)
  }

  #bundle(): void {
    const pending = this.#pending
    this.#pending = []
    const recipes = pending.map(({ recipe }) => recipe())
    const bundles = readably(() => this.cache.bundles(recipes))
    for (const [index, { target }] of pending.entries()) {
      const [bundle, recipe] = [bundles[index], recipes[index]]
      if (bundle && recipe) install(target, bundle.folder, { recipe, inputs: bundle.inputs })
    }
  }
}

/** The bundling of each app. */
const bundlings = new WeakMap<IConstruct, Bundling>()

/**
 * Sets a function's code at synthesis. The code is the bundle of a generated entry, which passes the
 * parts to the file's `handlerOf`. Synthesis fails with file, line and code for a bundling error.
 */
export function bundleAtSynthesis(
  target: LambdaFunction,
  file: string,
  parts: () => ModuleParts,
): void {
  if (!Stack.of(target).bundlingRequired) return
  const { root } = target.node
  const bundling = bundlings.get(root) ?? new Bundling(root)
  bundlings.set(root, bundling)
  const recipe = () => {
    const { imports, expression } = parts()
    const lines = [
      `import { handlerOf } from ${JSON.stringify(file)}`,
      ...imports,
      `export const handler = handlerOf(${expression})`,
    ]
    const entry = bundling.cache.module(`${lines.join('\n')}\n`)
    return { root: process.cwd(), entry }
  }
  bundling.add({ target, recipe })
}

function install(target: LambdaFunction, folder: string, file: RecipeFile): void {
  const asset = new Asset(target, 'Code', { path: folder })
  const resource = target.node.defaultChild
  if (!(resource instanceof CfnFunction)) throw new Error(`${target.node.path} is not a function`)
  resource.code = { s3Bucket: asset.s3BucketName, s3Key: asset.s3ObjectKey }
  asset.addResourceMetadata(resource, 'Code')
  leaveRecipe(target, file)
}

/** Writes the function's recipe next to the template, for a local run that watches the sources. */
function leaveRecipe(target: LambdaFunction, file: RecipeFile): void {
  const stack = Stack.of(target)
  const resource = target.node.defaultChild
  attachCustomSynthesis(target, {
    onSynthesize({ assembly }) {
      if (!CfnElement.isCfnElement(resource)) return
      const name = recipeFileName(...nameIn(stack, stack.resolve(resource.logicalId)))
      writeFileSync(join(assembly.outdir, name), JSON.stringify(file))
    },
  })
}

/**
 * Returns the id of the outermost stack and the logical id in it. The local run reads the templates of
 * nested stacks as parts of that stack.
 */
function nameIn(stack: Stack, logicalId: string): [artifactId: string, logicalId: string] {
  const { nestedStackParent: parent, nestedStackResource: resource } = stack
  if (!parent || !resource) return [stack.artifactId, logicalId]
  return nameIn(parent, nestedLogicalId(parent.resolve(resource.logicalId), logicalId))
}

function readably<T>(bundle: () => T): T {
  try {
    return bundle()
  } catch (cause) {
    const messages = buildMessages(cause)
    if (!messages) throw cause
    const texts = formatMessagesSync(messages, { kind: 'error' })
    throw new Error(`A function cannot be bundled:\n${texts.join('\n')}`)
  }
}
