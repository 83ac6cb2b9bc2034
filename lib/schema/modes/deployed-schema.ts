import { parse } from 'graphql'
import { admitted, type Deployment, isForEveryCaller, type Marked, markedIn } from './marks.ts'
import { directiveOf } from './mode.ts'

/** A piece of the text, and the text in its place. */
interface Change {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Returns the schema to deploy: with directives for exactly the modes of the API. Comments and lines
 * stay in their places. The result opens no type and no field to a caller whom the schema excludes.
 *
 * - In a generated schema, the directives for every caller become those of the API's modes.
 * - Other directives of modes that the API lacks are removed, where directives of its modes remain.
 * - If none would remain, they stay, because the default mode may use a field without directives.
 *   `modeErrors` names these types and fields.
 */
export function deployedSchema(sdl: string, deployment: Deployment): string {
  return markedIn(parse(sdl))
    .flatMap((marked) => changesOf(sdl, marked, deployment))
    .sort((one, other) => other.start - one.start)
    .reduce((text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end), sdl)
}

function changesOf(sdl: string, { marks }: Marked, deployment: Deployment): Change[] {
  const modes = admitted(marks, deployment)
  if (modes.length === 0) return []
  const isReplaced = isForEveryCaller(marks, deployment)
  return marks
    .filter(({ mode }) => isReplaced || !modes.includes(mode))
    .flatMap(({ directive: { loc } }, index) => {
      if (!loc) return []
      const { start, end } = loc
      return isReplaced && index === 0
        ? { start, end, text: modes.map(directiveOf).join(' ') }
        : { start: blanksBefore(sdl, start), end, text: '' }
    })
}

/** Returns the start of the blanks before a position, in the same line. */
function blanksBefore(sdl: string, position: number): number {
  let start = position
  while (start > 0 && ' \t'.includes(sdl.charAt(start - 1))) start -= 1
  return start
}
