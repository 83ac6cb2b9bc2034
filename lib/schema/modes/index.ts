export { deployedSchema } from './deployed-schema.ts'
export type { Deployment } from './marks.ts'
export { directiveOf, EVERY_CALLER, type Mode } from './mode.ts'
export { modeErrors } from './mode-errors.ts'
