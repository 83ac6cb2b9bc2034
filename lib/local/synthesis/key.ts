import { createHash } from 'node:crypto'
import { readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { statText } from '../../bundles/index.ts'
import { synthesisEnvironment } from '../process/environment.ts'
import type { CdkApp } from './app.ts'

/** Files that package managers write with each installation. */
const INSTALLED = ['.package-lock.json', '.modules.yaml', '.yarn-state.yml']
/** Variables that differ between two terminals and do not affect a synthesis. */
const VOLATILE =
  /^(_|PATH|PWD|OLDPWD|SHLVL|INIT_CWD|NODE|COLUMNS|LINES|COLORTERM|DISPLAY|WINDOWID|HISTCMD|EDITOR|PAGER|TMUX.*|STY|npm_.*|TERM.*|XDG_.*|SSH_.*|DBUS_.*|VSCODE_.*|ITERM_.*|WT_.*|GNOME_.*|KITTY_.*|ALACRITTY_.*)$/

/**
 * Returns a key of all inputs of an app's synthesis: the same key means the same assembly. The key
 * covers the files of the app's folder, except those in folders that begin with a dot. It also
 * covers installed packages, linked packages and the environment. It covers the day as well, since
 * an app may read the clock.
 * @param skip folders below the app's folder that hold no source
 */
export function synthesisKey({ root, output }: CdkApp, skip: readonly string[]): string {
  const skipped = new Set([output, ...skip])
  const modules = join(root, 'node_modules')
  const files = [
    ...filesIn(root, skipped),
    ...linkedPackages(modules).flatMap((folder) => filesIn(folder, skipped)),
    ...INSTALLED.map((name) => join(modules, name)),
  ]
  const environment = Object.entries(synthesisEnvironment())
    .filter(([name]) => !VOLATILE.test(name))
    .sort()
  const hash = createHash('sha256')
  hash.update(JSON.stringify([process.version, process.platform, process.arch, environment]))
  hash.update(new Date().toISOString().slice(0, 10))
  for (const file of files) hash.update(`\n${file} ${statText(file)}`)
  return hash.digest('hex').slice(0, 16)
}

/** Whether a change of the file or folder can change the synthesis. */
export function isSource(name: string): boolean {
  return !name.startsWith('.') && name !== 'node_modules' && !name.endsWith('.md')
}

function filesIn(folder: string, skipped: ReadonlySet<string>): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => isSource(name) || name.startsWith('.env'))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (!entry.isDirectory()) return [path]
      return skipped.has(path) ? [] : filesIn(path, skipped)
    })
}

/**
 * Returns the folders of packages that are links to another folder, such as those of a workspace.
 */
function linkedPackages(modules: string): string[] {
  return entriesOf(modules).flatMap((entry) => {
    const path = join(modules, entry.name)
    if (entry.name.startsWith('@') && entry.isDirectory()) return linkedPackages(path)
    return entry.isSymbolicLink() && !realpathSync(path).includes('node_modules')
      ? [realpathSync(path)]
      : []
  })
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // No packages are installed in the folder.
    return []
  }
}
