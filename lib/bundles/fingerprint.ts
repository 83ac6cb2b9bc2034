import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'

/** The state of a file at the time of a build. */
export interface Fingerprint {
  readonly path: string
  /** The size and times of the file. If they are equal, the file is unchanged. */
  readonly stat: string
  readonly hash: string
}

/** Reads files. Reads each file at most once. */
export class Fingerprints {
  readonly #stats = new Map<string, string>()
  readonly #hashes = new Map<string, string>()

  of(path: string): Fingerprint {
    return { path, stat: this.#stat(path), hash: this.#hash(path) }
  }

  /** Whether the file still has the same contents. */
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

/** Returns the size and times of a file; an empty text if the file does not exist. */
export function statText(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false })
  // A copy can keep the modification time (mtime). The change time (ctime) cannot be set.
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
    // The empty text makes a deleted file count as changed.
    return ''
  }
}
