import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fingerprint } from './fingerprint.ts'
import type { Recipe } from './recipe.ts'

/** The recipe and the inputs of a function's code in a cloud assembly. */
export interface RecipeFile {
  readonly recipe: Recipe
  readonly inputs: readonly Fingerprint[]
}

/** Returns the file's name, next to the template. The file is not an asset and never deployed. */
export function recipeFileName(stack: string, logicalId: string): string {
  return `${stack}.${logicalId}.bundle.json`
}

/**
 * Returns the logical id of a nested stack's resource in the template with the resources of all
 * nested stacks, which the local run reads.
 */
export function nestedLogicalId(stack: string, logicalId: string): string {
  return `${stack}_${logicalId}`
}

/** Reads a function's recipe. Returns undefined for a function that was bundled in another way. */
export function readRecipe(
  assembly: string,
  stack: string,
  logicalId: string,
): RecipeFile | undefined {
  const path = join(assembly, recipeFileName(stack, logicalId))
  if (!existsSync(path)) return undefined
  const file: RecipeFile = JSON.parse(readFileSync(path, 'utf8'))
  return file
}
