import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The position of a mapping in each shard of its stream. */
interface Positions {
  /** A recreated table has another stream, so its positions start again. */
  readonly streamArn: string
  readonly shards: Record<string, Position>
}

export interface Position {
  /** The sequence number of the last record that was handled. */
  readonly after?: string
  /** The shard has ended, and all of it was handled. */
  readonly done?: true
}

/**
 * The positions of a mapping, in a file. The file is replaced in one step, after the records were
 * handled. A crash at any time therefore repeats some records and loses none.
 */
export class Checkpoint {
  readonly #file: string | undefined
  readonly #positions: Positions
  /** Whether an earlier start has left positions. */
  readonly resumed: boolean
  /** Shards advance in parallel. This queue writes their positions one after the other. */
  #saving: Promise<void> = Promise.resolve()

  private constructor(file: string | undefined, positions: Positions, resumed: boolean) {
    this.#file = file
    this.#positions = positions
    this.resumed = resumed
  }

  /** @param file undefined: positions last as long as this process. */
  static async open(file: string | undefined, streamArn: string): Promise<Checkpoint> {
    const text = file && (await readFile(file, 'utf8').catch(() => undefined))
    const kept: Positions | undefined = text ? JSON.parse(text) : undefined
    if (kept?.streamArn === streamArn) return new Checkpoint(file, kept, true)
    const positions = { streamArn, shards: {} }
    if (file) {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, JSON.stringify(positions))
    }
    return new Checkpoint(file, positions, false)
  }

  of(shardId: string): Position | undefined {
    return this.#positions.shards[shardId]
  }

  save(shardId: string, position: Position): Promise<void> {
    this.#positions.shards[shardId] = position
    const file = this.#file
    if (!file) return Promise.resolve()
    const json = JSON.stringify(this.#positions)
    const saved = this.#saving.then(async () => {
      await writeFile(`${file}.new`, json)
      await rename(`${file}.new`, file)
    })
    this.#saving = saved.catch(() => {})
    return saved
  }
}
