import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const COMMENT = /\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs
const TEXT = /(['"`])([A-Z]\w*)\1/g

/**
 * Returns the words in quotes in a domain's source files, which include the type of every event.
 * TypeScript erases types, so methods `on<Type>` can only be compared with these words.
 */
export function quotedWords(folder: string): ReadonlySet<string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const words = files
    .filter((file) => /\.[cm]?[jt]s$/.test(file))
    .flatMap((file) => {
      const code = readFileSync(join(folder, file), 'utf8').replaceAll(COMMENT, '')
      return [...code.matchAll(TEXT)].map(([, , word = '']) => word)
    })
  return new Set(words)
}

/** Returns a hint with the type that a misspelt type may stand for. */
export function suggestion(type: string, types: Iterable<string>): string {
  const near = [...types].map((known) => ({ known, edits: distance(type, known) }))
  const [best] = near.sort((one, other) => one.edits - other.edits)
  return best && best.edits <= Math.max(2, type.length / 4) ? `: did you mean on${best.known}?` : ''
}

/** Returns the Levenshtein distance: the number of letters that differ. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1]
    for (const [index, wanted] of [...other].entries()) {
      const replaced = (row[index] ?? 0) + (letter === wanted ? 0 : 1)
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
