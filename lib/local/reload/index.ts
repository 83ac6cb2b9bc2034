import { Reloader, type ReloaderOptions } from './reloader.ts'
import { SourceWatcher } from './watcher.ts'

export interface ReloadingOptions extends ReloaderOptions {
  /** Folders below the app's folder that hold no source. */
  readonly skip: readonly string[]
}

/** Watches the app's source files, and reloads the functions and the template when they change. */
export async function startReloading(
  options: ReloadingOptions,
): Promise<{ stop(): Promise<void> }> {
  const { root, skip, code } = options
  const reloader = new Reloader(options)
  const watcher = await SourceWatcher.start(root, skip, (paths) => reloader.changed(paths))
  watcher.add(code.sources.filter((file) => !file.startsWith(root)))
  void code.prepare()
  return {
    async stop() {
      await watcher.stop()
      await reloader.stop()
    },
  }
}
