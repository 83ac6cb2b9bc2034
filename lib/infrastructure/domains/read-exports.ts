import { createRequire } from 'node:module'

/**
 * Reads the exports of a domain's file. Loads the file in the same way as Lambda.
 * @param problem the start of the message if they cannot be read, after the file's path
 * @throws Error that names the file
 */
export function readExports<T>(
  path: string,
  read: (file: Record<string, unknown>) => T,
  problem = '',
): T {
  const file: Record<string, unknown> = createRequire(import.meta.url)(path)
  try {
    return read(file)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause
    throw new Error(`${path}${problem}: ${why}`, { cause })
  }
}
