// `node scripts/install.mjs FOLDER...` installs the packages of folders that have their own
// package.json, from their lock files. Skips a folder if its lock file is unchanged since the last
// install.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

for (const folder of process.argv.slice(2)) {
  const path = join(ROOT, folder)
  const installed = join(path, 'node_modules', '.installed')
  const wanted = createHash('sha256')
    .update(readFileSync(join(path, 'package-lock.json')))
    .digest('hex')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) continue
  console.log(`installing the packages of ${folder} …`)
  const { status, error } = npm(['ci', '--no-audit', '--no-fund'], path)
  if (status !== 0) {
    console.error(`npm ci failed in ${folder}${error ? `: ${error.message}` : ''}`)
    process.exit(1)
  }
  writeFileSync(installed, wanted)
}

/** Runs npm: the npm that runs this script, or else the npm on the path. */
function npm(args, cwd) {
  const cli = process.env.npm_execpath
  return cli === undefined
    ? spawnSync('npm', args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' })
    : spawnSync(process.execPath, [cli, ...args], { cwd, stdio: 'inherit' })
}
