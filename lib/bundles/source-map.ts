import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'

interface SourceMap {
  readonly version: number
  readonly sources: readonly string[]
  readonly names: readonly string[]
  readonly mappings: string
}

/**
 * Returns a bundle's source map reduced to the project's own sources. Packages make up nine tenths
 * of a map, and Node.js reads all of it at each cold start.
 * @param json a source map of version 3
 */
export function ownSources(json: string): string {
  const map: SourceMap = JSON.parse(json)
  const sources = new Renumbering(map.sources)
  const names = new Renumbering(map.names)
  const isOwn = map.sources.map((source) => !source.includes('node_modules/'))
  let mapped = false
  const lines = decode(map.mappings).map((line) => {
    const kept: SourceMapSegment[] = []
    for (const segment of line) {
      if (segment.length !== 1 && isOwn[segment[1]]) {
        const [column, source, sourceLine, sourceColumn] = segment
        mapped = true
        const place = [column, sources.of(source), sourceLine, sourceColumn] as const
        kept.push(segment.length === 5 ? [...place, names.of(segment[4])] : [...place])
      } else if (mapped) {
        // The first segment of a package ends the project's code before it.
        mapped = false
        kept.push([segment[0]])
      }
    }
    return kept
  })
  return JSON.stringify({
    version: 3,
    // Makes paths relative to the project instead of the output folder, which does not exist.
    sources: sources.kept.map((source) => source.replace(/^\.\.\//, '')),
    names: names.kept,
    mappings: encode(lines),
  })
}

/** Assigns new indexes to the values that are used: 0, 1, 2 … */
class Renumbering {
  readonly kept: string[] = []
  readonly #all: readonly string[]
  readonly #indexes = new Map<number, number>()

  constructor(all: readonly string[]) {
    this.#all = all
  }

  of(index: number): number {
    const known = this.#indexes.get(index)
    if (known !== undefined) return known
    this.#indexes.set(index, this.kept.length)
    return this.kept.push(this.#all[index] ?? '') - 1
  }
}
