import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Table } from './tables.ts'

export const DOCUMENT = join(import.meta.dirname, '../../docs/scale.md')

const beginOf = (title: string) => `<!-- begin ${title} -->`
const endOf = (title: string) => `<!-- end ${title} -->`

/** Writes tables to docs/scale.md, between their markers. */
export function writeDocument(tables: readonly Table[]): void {
  const text = readFileSync(DOCUMENT, 'utf8')
  writeFileSync(DOCUMENT, tables.reduce(withTable, text))
}

/**
 * Returns the generated part of docs/scale.md.
 * @throws Error if the document lacks the markers
 */
export function tableIn(text: string, title: string): string {
  const [begin, end] = placeOf(text, title)
  return text.slice(begin, end).trim()
}

function withTable(text: string, { title, text: table }: Table): string {
  const [begin, end] = placeOf(text, title)
  return `${text.slice(0, begin)}\n\n${table}\n\n${text.slice(end)}`
}

function placeOf(text: string, title: string): [begin: number, end: number] {
  const begin = text.indexOf(beginOf(title))
  const end = text.indexOf(endOf(title))
  if (begin < 0 || end < begin) {
    throw new Error(
      `docs/scale.md has no place for the table ${title}: add the lines ${beginOf(title)} and ${endOf(title)}`,
    )
  }
  return [begin + beginOf(title).length, end]
}
