import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A package of a lock file. */
export interface Package {
  readonly name: string
  readonly version: string
  /** An SPDX expression, such as `(MIT OR Apache-2.0)`; `unknown` if the package names none. */
  readonly licence: string
  /** Whether only development needs the package. */
  readonly isForDevelopment: boolean
  /** Whether the `package.json` names the package itself. */
  readonly isDirect: boolean
}

interface Entry {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly link?: boolean
  readonly dependencies?: object
  readonly devDependencies?: object
  readonly optionalDependencies?: object
}

/**
 * Returns the packages of a lock file, each name and version once, in alphabetical order. The lock
 * file names the packages of all platforms, so the result is the same on each of them.
 * @param folder the folder of the lock file
 */
export function packagesIn(folder: string): Package[] {
  const lock: { readonly packages: Readonly<Record<string, Entry>> } = JSON.parse(
    readFileSync(join(folder, 'package-lock.json'), 'utf8'),
  )
  const { '': root = {}, ...entries } = lock.packages
  const direct = Object.keys({
    ...root.dependencies,
    ...root.devDependencies,
    ...root.optionalDependencies,
  })
  const found = new Map<string, Package>()
  for (const [path, entry] of Object.entries(entries)) {
    if (entry.link) continue
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const { version = '', license: licence = 'unknown' } = entry
    const known = found.get(`${name}@${version}`)
    const isDevelopment = entry.dev === true || entry.devOptional === true
    found.set(`${name}@${version}`, {
      ...{ name, version, licence },
      isForDevelopment: isDevelopment && (known?.isForDevelopment ?? true),
      isDirect: known?.isDirect === true || direct.some((each) => path === `node_modules/${each}`),
    })
  }
  return [...found.values()].sort(
    (one, other) => compare(one.name, other.name) || compare(one.version, other.version),
  )
}

/** Compares in the same way in every locale. */
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}
