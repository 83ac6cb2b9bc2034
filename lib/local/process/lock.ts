import { readFileSync, rmSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Lock {
  release(): void
}

/**
 * Locks a folder for this process. Throws if a running process holds the lock. Takes over the lock
 * of a process that was killed.
 */
export async function lockFolder(folder: string): Promise<Lock> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'lock')
  const own = `${file}.${process.pid}`
  const stale = `${own}.stale`
  await writeFile(own, `${process.pid}\n`)
  try {
    for (;;) {
      // A link appears together with its content, and fails if the file exists.
      if (await succeeds(link(own, file))) return lockOf(file)
      const holder = await readHolder(file)
      if (isAlive(holder)) throw heldBy(holder, folder, file)
      // Another process may take the stale lock at the same time. Check which lock was moved.
      if (!(await succeeds(rename(file, stale)))) continue
      const moved = await readHolder(stale)
      if (isAlive(moved)) {
        await succeeds(link(stale, file))
        throw heldBy(moved, folder, file)
      }
    }
  } finally {
    await rm(own, { force: true })
    await rm(stale, { force: true })
  }
}

function lockOf(file: string): Lock {
  return {
    release() {
      const holder = Number.parseInt(readFileSync(file, 'utf8'), 10)
      if (holder === process.pid) rmSync(file)
    },
  }
}

function heldBy(holder: number, folder: string, file: string): Error {
  return new Error(
    `${folder} is in use by process ${holder}. Stop that run, or choose another folder with --data. ` +
      `(If process ${holder} is not a local run, remove ${file}.)`,
  )
}

async function readHolder(file: string): Promise<number> {
  return Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10)
}

function isAlive(pid: number): boolean {
  if (Number.isNaN(pid)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // The process exists but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function succeeds(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}
