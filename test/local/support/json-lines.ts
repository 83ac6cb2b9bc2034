import { existsSync, readFileSync } from 'node:fs'

/** The documents of a file of one JSON document a line; none if there is no file. */
export function readJsonLines(file: string): Record<string, unknown>[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
