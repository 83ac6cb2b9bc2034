import { existsSync, readFileSync } from 'node:fs'

/** Returns the JSON documents of a file, one per line; none if the file does not exist. */
export function readJsonLines(file: string): Record<string, unknown>[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
