import { basename, resolve } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { isSource } from '../synthesis/index.ts'

/**
 * Milliseconds. Changes within this time count as one, since editors write several files, and some
 * files twice.
 */
const TOGETHER = 30

/** Watches the source files of an app. */
export class SourceWatcher {
  readonly #watcher: FSWatcher
  readonly #changed = new Set<string>()
  #timer: NodeJS.Timeout | undefined

  private constructor(watcher: FSWatcher, onChange: (paths: ReadonlySet<string>) => void) {
    this.#watcher = watcher
    watcher.on('all', (event, path) => {
      if (event === 'addDir' || event === 'unlinkDir') return
      this.#changed.add(resolve(path))
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => {
        const paths = new Set(this.#changed)
        this.#changed.clear()
        onChange(paths)
      }, TOGETHER)
    })
  }

  /**
   * @param root the app's folder
   * @param skip folders below it that hold no source
   */
  static async start(
    root: string,
    skip: readonly string[],
    onChange: (paths: ReadonlySet<string>) => void,
  ): Promise<SourceWatcher> {
    const skipped = new Set(skip)
    const watcher = watch(root, {
      ignoreInitial: true,
      ignored: (path) => path !== root && (!isSource(basename(path)) || skipped.has(path)),
    })
    await new Promise<void>((done, failed) => {
      watcher.once('ready', done)
      watcher.once('error', failed)
    })
    // A folder that disappears while it is read is harmless.
    watcher.on('error', () => {})
    return new SourceWatcher(watcher, onChange)
  }

  /** Also watches files outside the app's folder: the files of linked packages. */
  add(files: readonly string[]): void {
    this.#watcher.add([...files])
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#watcher.close()
  }
}
