import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

type Adapter = typeof import('@castore/event-storage-adapter-dynamodb')

const MODULES = join(import.meta.dirname, '../../node_modules')
const NAME = '@castore/event-storage-adapter-dynamodb'

/**
 * Castore's adapter. It needs @babel/runtime 7 but does not say so: where another package brings
 * version 8 it cannot be loaded. So it is loaded from a folder in which it finds what Castore's core,
 * which does say so, has.
 */
export function castoreAdapter(): Adapter {
  const folder = mkdtempSync(join(tmpdir(), 'castore-'))
  try {
    const at = (name: string) => join(folder, 'node_modules', name)
    const core = createRequire(createRequire(import.meta.url).resolve('@castore/core'))
    const runtime = dirname(core.resolve('@babel/runtime/package.json'))
    for (const scope of ['@babel', '@castore']) mkdirSync(at(scope), { recursive: true })
    cpSync(join(MODULES, NAME), at(NAME), { recursive: true })
    symlinkSync(runtime, at('@babel/runtime'))
    for (const name of ['@aws-sdk', '@castore/core']) symlinkSync(join(MODULES, name), at(name))
    const adapter: Adapter = createRequire(join(folder, 'index.js'))(NAME)
    return adapter
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
