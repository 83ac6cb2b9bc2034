import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The file with one line for each domain. */
export const STACK = 'lib/infrastructure/stack.ts'

const DOMAIN = /^ *(?:const \w+ = )?api\.addDomain\('([^']*)'.*\)\n/gm

export function readStack(root: string): string {
  return readFileSync(join(root, STACK), 'utf8')
}

export function writeStack(root: string, text: string): void {
  writeFileSync(join(root, STACK), text)
}

/**
 * Returns the stack with a line after the last domain, or before the operators' fields. Returns
 * undefined if it has neither.
 */
export function withLine(stack: string, line: string): string | undefined {
  const last = [...stack.matchAll(DOMAIN)].at(-1)
  const at = last ? last.index + last[0].length : /^ *api\.addOperations\(/m.exec(stack)?.index
  return at === undefined ? undefined : `${stack.slice(0, at)}${line}${stack.slice(at)}`
}

/** Returns the stack without the lines of these domains. */
export function withoutDomains(stack: string, domains: readonly string[]): string {
  return stack.replaceAll(DOMAIN, (line, domain) => (domains.includes(domain) ? '' : line))
}
