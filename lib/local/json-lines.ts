import { closeSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** A file that has grown beyond this many bytes begins anew at the next start. */
const KEPT = 20_000_000

/** A file of one JSON document a line; nothing written to it is lost when the process is killed. */
export class JsonLines {
  readonly #file: string
  #descriptor: number | undefined

  constructor(file: string) {
    this.#file = file
  }

  append(document: unknown): void {
    this.#descriptor ??= this.#open()
    writeSync(this.#descriptor, `${JSON.stringify(document)}\n`)
  }

  close(): void {
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

  close(): void {
    for (const file of this.#files.values()) file.close()
  }
}
