import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attachCustomSynthesis, CfnElement, Stack } from 'aws-cdk-lib'
import { Code, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct, IConstruct } from 'constructs'
import { BundleCache, type Recipe, type RecipeFile, recipeFileName } from '../bundles/index.ts'

export interface BundledCode {
  readonly code: Code
  /** Undefined: the app is synthesized without bundling. */
  readonly file?: RecipeFile
}

/** One cache for each app: it reads every source file once. */
const caches = new WeakMap<IConstruct, BundleCache>()

/** Returns the code of a function. Throws esbuild's `BuildFailure`. */
export function bundledCode(scope: Construct, recipe: Recipe): BundledCode {
  if (!Stack.of(scope).bundlingRequired) return { code: Code.fromInline('// Not bundled') }
  const { folder, inputs } = cacheOf(scope).bundle(recipe)
  return { code: Code.fromAsset(folder), file: { recipe, inputs } }
}

/**
 * Keeps a module that is generated for a bundle.
 * @returns its absolute path
 */
export function generatedModule(scope: Construct, text: string): string {
  return cacheOf(scope).module(text)
}

/** Leaves the function's recipe beside the template, for a local run that watches the sources. */
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
