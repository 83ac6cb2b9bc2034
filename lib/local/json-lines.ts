import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** The most bytes of a file. A larger file is removed at the next start. */
const KEPT = 20_000_000

/**
 * A file with one JSON document a line. The documents of one turn of the event loop are written
 * together at its end. After that, killing the process loses none of them.
 */
export class JsonLines {
  readonly #file: string
  #descriptor: number | undefined
  #pending = ''

  constructor(file: string) {
    this.#file = file
  }

  append(document: unknown): void {
    this.appendText(JSON.stringify(document))
  }

  /** @param json a document as JSON, in one line */
  appendText(json: string): void {
    if (this.#pending === '') writeSoon(this)
    this.#pending += `${json}\n`
  }

  /** Writes the appended documents. */
  write(): void {
    if (this.#pending === '') return
    this.#descriptor ??= this.#open()
    const text = this.#pending
    this.#pending = ''
    writeFileSync(this.#descriptor, text)
  }

  close(): void {
    this.write()
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #open(): number {
    mkdirSync(dirname(this.#file), { recursive: true })
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0
    if (size > KEPT) rmSync(this.#file)
    return openSync(this.#file, 'a')
  }
}

const unwritten = new Set<JsonLines>()
// A process that exits has no further turn of the event loop.
process.on('exit', writeAll)

function writeSoon(lines: JsonLines): void {
  if (unwritten.size === 0) setImmediate(writeAll)
  unwritten.add(lines)
}

function writeAll(): void {
  for (const lines of unwritten) lines.write()
  unwritten.clear()
}

/** JSON Lines files in a folder, by name. A file is created by the first write. */
export class JsonLinesFolder {
  readonly #pathOf: (name: string) => string
  readonly #files = new Map<string, JsonLines>()

  /** @param pathOf returns the path of the file with this name. */
  constructor(pathOf: (name: string) => string) {
    this.#pathOf = pathOf
  }

  append(name: string, document: unknown): void {
    const file = this.#files.get(name) ?? new JsonLines(this.#pathOf(name))
    this.#files.set(name, file)
    file.append(document)
  }

  /** Writes the appended documents. */
  write(): void {
    for (const file of this.#files.values()) file.write()
  }

  close(): void {
    for (const file of this.#files.values()) file.close()
  }
}
