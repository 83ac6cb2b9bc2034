import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attachCustomSynthesis, CfnElement, Stack } from 'aws-cdk-lib'
import { Code, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct, IConstruct } from 'constructs'
import { formatMessagesSync } from 'esbuild'
import {
  BundleCache,
  buildMessages,
  type Recipe,
  type RecipeFile,
  recipeFileName,
} from '../bundles/index.ts'

export interface BundledCode {
  readonly code: Code
  /** Undefined: the app is synthesized without bundling. */
  readonly file?: RecipeFile
}

/** One cache per app, which reads every source file once. */
const caches = new WeakMap<IConstruct, BundleCache>()

/** A JavaScript expression and the imports that it needs. */
export interface ModuleParts {
  /** `import * as file from "/path"` */
  readonly imports: readonly string[]
  /** `file` */
  readonly expression: string
}

/**
 * Returns the code of a function. The generated entry calls the file's `handlerOf` with the parts.
 * Throws an error with file, line and code if bundling fails.
 */
export function bundledCode(
  scope: Construct,
  file: string,
  { imports, expression }: ModuleParts,
): BundledCode {
  if (!Stack.of(scope).bundlingRequired) return { code: Code.fromInline('// Not bundled') }
  const cache = cacheOf(scope)
  const lines = [
    `import { handlerOf } from ${JSON.stringify(file)}`,
    ...imports,
    `export const handler = handlerOf(${expression})`,
  ]
  const recipe: Recipe = { root: process.cwd(), entry: cache.module(`${lines.join('\n')}\n`) }
  const { folder, inputs } = readably(() => cache.bundle(recipe))
  return { code: Code.fromAsset(folder), file: { recipe, inputs } }
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

/** Writes the function's recipe next to the template, for a local run that watches the sources. */
export function leaveRecipe(target: LambdaFunction, file: RecipeFile): void {
  const stack = Stack.of(target)
  const resource = target.node.defaultChild
  attachCustomSynthesis(target, {
    onSynthesize({ assembly }) {
      if (!CfnElement.isCfnElement(resource)) return
      const name = recipeFileName(stack.artifactId, stack.resolve(resource.logicalId))
      writeFileSync(join(assembly.outdir, name), JSON.stringify(file))
    },
  })
}

function cacheOf(scope: Construct): BundleCache {
  const { root } = scope.node
  const cache = caches.get(root) ?? new BundleCache(process.cwd())
  caches.set(root, cache)
  return cache
}
