import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'

/** Lines of code shown before and after the place. */
const AROUND = 2
/** `lib/shopping/product.ts:12:5`, also as `file:///…` and without a column. */
const PLACE =
  /(?:file:\/\/)?((?:[A-Za-z]:)?[^\s()'":]+\.(?:[cm]?[jt]sx?|graphql|json)):(\d+)(?::(\d+))?/g

/**
 * Returns the lines of code around the first place of the app in a text, with the place marked.
 * Returns undefined if the text names no place, or already shows the lines.
 */
export function codeFrame(root: string, text: string): string | undefined {
  if (/^\s*\d+\s*[|│]/m.test(text)) return undefined
  for (const [, file = '', line = '', column] of text.matchAll(PLACE)) {
    const path = isAbsolute(file) ? file : join(root, file)
    const name = relative(root, path)
    if (name.startsWith('..') || name.includes('node_modules')) continue
    const lines = linesOf(path)
    if (lines) return frameOf(name, lines, Number(line), column === undefined ? 1 : Number(column))
  }
  return undefined
}

function frameOf(name: string, lines: readonly string[], line: number, column: number): string {
  const first = Math.max(1, line - AROUND)
  const shown = lines.slice(first - 1, line + AROUND)
  const width = `${first + shown.length - 1}`.length
  const numbered = shown.flatMap((text, index) => {
    const number = first + index
    const row = `  ${`${number}`.padStart(width)} | ${text}`
    return number === line ? [row, `  ${' '.repeat(width)} | ${' '.repeat(column - 1)}^`] : [row]
  })
  return [`${name}:${line}:${column}`, ...numbered].join('\n')
}

function linesOf(path: string): string[] | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return undefined
  }
}
