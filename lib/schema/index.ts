import { expand } from './expand.ts'
import { mistakesIn } from './mistakes.ts'
import { hasParts, readParts } from './part.ts'
import { invalidities } from './validity.ts'

export { modelOf, nameOf, SCALARS } from './model.ts'
export { type Deployment, deployedSchema, type Mode, modeErrors } from './modes/index.ts'
export { isView, keysOf, OWNER, type ViewModel, viewsOf } from './views/view-model.ts'
export { hasParts, readParts }

/**
 * Returns the complete schema, expanded from the parts of all domains.
 * @param resolvers the folder with one folder for each domain
 * @throws Error with a sentence for each mistake: file, line and fix
 */
export function expandedSchema(resolvers: string): string {
  const parts = readParts(resolvers)
  const mistakes = mistakesIn(parts)
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'))
  const schema = expand(parts)
  const broken = invalidities(schema, parts)
  if (broken.length > 0) throw new Error(broken.join('\n'))
  return schema
}
