import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fingerprint } from './fingerprint.ts'
import type { Recipe } from './recipe.ts'

/** The recipe and the inputs of a function's code in a cloud assembly. */
export interface RecipeFile {
  readonly recipe: Recipe
  readonly inputs: readonly Fingerprint[]
}

/** The file's name beside the template. It is not an asset, so it is never deployed. */
export function recipeFileName(stack: string, logicalId: string): string {
  return `${stack}.${logicalId}.bundle.json`
}

/** Reads how a function was bundled. Returns undefined if it was bundled in another way. */
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
