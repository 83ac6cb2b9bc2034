import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { type Bundle, hashOf } from '../../bundles/index.ts'

/** The code and its source map. */
type Code = Pick<Bundle, 'code' | 'map'>

/**
 * The code that functions run: the bundles of the assembly, with source maps that point to the
 * source files on this machine. Each version has its own folder, since an invocation finishes on
 * the code it started with.
 */
export class InstalledCode {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Removes the code of earlier runs. */
  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /**
   * Writes the code to a folder.
   * @returns the folder to run the function from, which is the same for the same code
   */
  install(logicalId: string, { code, map }: Code, root: string): string {
    const folder = join(this.#folder, logicalId, hashOf(code + map))
    if (existsSync(folder)) return folder
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'index.mjs'), code)
    const sourceMap: object = JSON.parse(map)
    writeFileSync(
      join(folder, 'index.mjs.map'),
      JSON.stringify({ ...sourceMap, sourceRoot: `${root}/` }),
    )
    return folder
  }

  /** Installs the bundle of an asset. */
  installAsset(logicalId: string, asset: string, root: string): string {
    const [code = '', map = ''] = ['index.mjs', 'index.mjs.map'].map((name) =>
      readFileSync(join(asset, name), 'utf8'),
    )
    return this.install(logicalId, { code, map }, root)
  }

  /**
   * Installs an asset whose `.js` files are CommonJS, because it has no package.json. On this machine
   * they would follow the package.json of a folder above.
   * @returns undefined for another asset, which runs from its own folder
   */
  installCommonJs(logicalId: string, asset: string): string | undefined {
    const isFolder = statSync(asset, { throwIfNoEntry: false })?.isDirectory() === true
    const names = isFolder ? readdirSync(asset) : []
    if (names.includes('package.json') || !names.some((name) => name.endsWith('.js')))
      return undefined
    const folder = join(this.#folder, logicalId, basename(asset))
    if (existsSync(folder)) return folder
    cpSync(asset, folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{}\n')
    return folder
  }
}
