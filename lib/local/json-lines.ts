import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A file that has grown beyond this many bytes begins anew at the next start. */
const KEPT = 20_000_000

/**
 * A file of one JSON document a line. What is appended in one turn of the event loop is written at
 * its end, in one piece: later than that, nothing is lost when the process is killed.
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

  /** Writes what has been appended. */
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
// Before the end of a process that exits there is no further turn.
process.on('exit', writeAll)

function writeSoon(lines: JsonLines): void {
  if (unwritten.size === 0) setImmediate(writeAll)
  unwritten.add(lines)
}

function writeAll(): void {
  for (const lines of unwritten) lines.write()
  unwritten.clear()
}

/** Such files in a folder, by name, each made when it is first written to. */
export class JsonLinesFolder {
  readonly #pathOf: (name: string) => string
  readonly #files = new Map<string, JsonLines>()

  /** @param pathOf gives the path of the file of a name. */
  constructor(pathOf: (name: string) => string) {
    this.#pathOf = pathOf
  }

  append(name: string, document: unknown): void {
    const file = this.#files.get(name) ?? new JsonLines(this.#pathOf(name))
    this.#files.set(name, file)
    file.append(document)
  }

  /** Writes what has been appended. */
  write(): void {
    for (const file of this.#files.values()) file.write()
  }

  close(): void {
    for (const file of this.#files.values()) file.close()
  }
}
