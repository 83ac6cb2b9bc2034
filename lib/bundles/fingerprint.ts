import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'

/** A file as it was when something was made from it. */
export interface Fingerprint {
  readonly path: string
  /** Size and times. Where they are the same, nothing was written since. */
  readonly stat: string
  readonly hash: string
}

/** Reads files, each of them once. */
export class Fingerprints {
  readonly #stats = new Map<string, string>()
  readonly #hashes = new Map<string, string>()

  of(path: string): Fingerprint {
    return { path, stat: this.#stat(path), hash: this.#hash(path) }
  }

  /** Whether the file still has the contents that it had. */
  isCurrent({ path, stat, hash }: Fingerprint): boolean {
    return this.#stat(path) === stat || this.#hash(path) === hash
  }

  #stat(path: string): string {
    return remembered(this.#stats, path, statText)
  }

  #hash(path: string): string {
    return remembered(this.#hashes, path, (file) => hashOf(readFileSync(file)))
  }
}

/** Returns size and times of a file; an empty text where there is none. */
export function statText(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  // A copy may keep the time of writing; the time of the last change cannot be set.
  return stat ? `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}` : ''
}

export function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}

function remembered(known: Map<string, string>, path: string, read: (path: string) => string) {
  const value = known.get(path) ?? readOrEmpty(read, path)
  known.set(path, value)
  return value
}

function readOrEmpty(read: (path: string) => string, path: string): string {
  try {
    return read(path)
  } catch {
    // A file that is gone is not the one that it was.
    return ''
  }
}
